/** For tests: secrets over a real database, with permits as the account root's and a set clock. */
import { systemRandomness } from "../clock.ts";
import { openTestStorage, permit, scope, testRootKey } from "../keys/keys.fixture.ts";
import { type KeyResource, Keys } from "../keys/keys.ts";
import { SealedKeys } from "../keys/ring/sealed-keys.ts";
import { capabilitiesOfFunction } from "../rotation/built-in-wire.ts";
import { rotate } from "../rotation/requests.ts";
import type { Storage } from "../storage/storage.ts";
import type { SecretChange } from "./changes.ts";
import type { ListQuery } from "./listing.ts";
import { secretsResource } from "./records.ts";
import type { RotationRules } from "./rotation-rules.ts";
import type { NewVersion } from "./sealing.ts";
import { Secrets, type VersionChoice } from "./secrets.ts";
import type { StageMove } from "./staging.ts";

export { scope } from "../keys/keys.fixture.ts";
export const day = 86_400_000;

const throughSecretsManager = {
  "kms:ViaService": `secretsmanager.${scope.region}.amazonaws.com`,
  "kms:CallerAccount": scope.accountId,
};

/** A ClientRequestToken that is easy to tell apart. */
export function token(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

export class TestSecrets {
  readonly secrets: Secrets;
  readonly keys: Keys;
  readonly storage: Storage;
  readonly close: () => Promise<void>;
  now = Date.UTC(2026, 0, 15, 12);

  private constructor(storage: Storage, close: () => Promise<void>) {
    const clock = { now: () => this.now };
    const sealedKeys = new SealedKeys(storage, testRootKey, systemRandomness);
    this.storage = storage;
    this.close = close;
    this.keys = new Keys(storage, testRootKey, sealedKeys, clock, systemRandomness);
    this.secrets = new Secrets(storage, this.keys, sealedKeys, clock, systemRandomness);
  }

  static async open(): Promise<TestSecrets> {
    const { storage, close } = await openTestStorage();
    return new TestSecrets(storage, close);
  }

  async create(
    name: string,
    text?: string,
    options: { token?: string; description?: string; tags?: Record<string, string> } = {},
  ) {
    const { description, tags = {}, token: versionId = systemRandomness.uuid() } = options;
    const secret = await this.secrets.locateNew(scope, name);
    const version = text === undefined ? undefined : await this.#version(versionId, text);
    return this.secrets.create(permit("secretsmanager:CreateSecret", secret), {
      description,
      tags,
      version,
    });
  }

  async put(secretId: string, text: string, versionId: string, labels?: readonly string[]) {
    const granted = await this.#permit("PutSecretValue", secretId);
    return this.secrets.change(granted, { version: await this.#version(versionId, text), labels });
  }

  async update(secretId: string, change: SecretChange, text?: string, versionId = "") {
    const granted = await this.#permit("UpdateSecret", secretId);
    const version = text === undefined ? undefined : await this.#version(versionId, text);
    return this.secrets.change(granted, { ...change, version });
  }

  /** Gives the secret a key and a value at once, and seals anew what is labelled now. */
  async move(secretId: string, kmsKeyId: string, text: string, versionId: string) {
    const granted = await this.#permit("UpdateSecret", secretId);
    const key = await this.keys.locate(scope, kmsKeyId);
    const inUse = Object.values(this.secrets.active(granted).stages);
    const reseal = await Promise.all(
      (await this.secrets.versions(granted, inUse)).map(async (version) => {
        const old = await this.keys.locate(scope, version.body.keyArn);
        const decrypt = this.#keyPermit("kms:Decrypt", old);
        return { version, decrypt, encrypt: permit("kms:Encrypt", key) };
      }),
    );
    const version = await this.#version(versionId, text);
    return this.secrets.change(granted, { kmsKeyId, version, reseal });
  }

  async moveStage(secretId: string, move: StageMove) {
    const granted = await this.#permit("UpdateSecretVersionStage", secretId);
    return this.secrets.moveStage(granted, move, { openings: [], replicaKeys: [] });
  }

  async rotate(secretId: string, rules: RotationRules) {
    const granted = await this.#permit("RotateSecret", secretId);
    return rotate({ storage: this.storage, clock: { now: () => this.now } }, granted, {
      token: "4".repeat(32),
      change: { lambdaArn: "arn:aws:lambda:…", rules },
      isImmediate: true,
      requestedBy: undefined,
      rotator: "arn:aws:lambda:…",
      capabilities: capabilitiesOfFunction(false),
    });
  }

  /** The ids of all versions, oldest first. */
  async versionIds(secretId: string): Promise<string[]> {
    const granted = await this.#permit("ListSecretVersionIds", secretId);
    const query = { isDeprecatedIncluded: true, maxResults: 1000, nextToken: undefined };
    const { versions } = await this.secrets.listVersions(granted, query);
    return versions.map(({ versionId }) => versionId);
  }

  async get(secretId: string, choice: VersionChoice = {}): Promise<string> {
    const granted = await this.#permit("GetSecretValue", secretId);
    const version = await this.secrets.version(granted, choice);
    const key = await this.keys.locate(scope, version.body.keyArn);
    const decrypt = this.#keyPermit("kms:Decrypt", key);
    const value = await this.secrets.reveal(granted, version, decrypt);
    return value.form === "string" ? value.text : Buffer.from(value.bytes).toString("latin1");
  }

  async describe(secretId: string) {
    return this.secrets.describe(await this.#permit("DescribeSecret", secretId));
  }

  async delete(secretId: string, recoveryWindowInDays: number) {
    const granted = await this.#permit("DeleteSecret", secretId);
    return recoveryWindowInDays === 0
      ? this.secrets.deleteAtOnce(granted)
      : this.secrets.scheduleDeletion(granted, recoveryWindowInDays);
  }

  async restore(secretId: string) {
    return this.secrets.restore(await this.#permit("RestoreSecret", secretId));
  }

  list(query: Partial<ListQuery> = {}) {
    return this.secrets.list(permit("secretsmanager:ListSecrets", secretsResource(scope)), {
      filters: [],
      isPlannedDeletionIncluded: false,
      sortBy: "created-date",
      isDescending: false,
      maxResults: 100,
      nextToken: undefined,
      ...query,
    });
  }

  async names(query: Partial<ListQuery> = {}): Promise<string[]> {
    return (await this.list(query)).secrets.map(({ name }) => name);
  }

  async #version(versionId: string, text: string): Promise<NewVersion> {
    const key = await this.keys.defaultKey(scope, "alias/aws/secretsmanager");
    const keyPermit = this.#keyPermit("kms:GenerateDataKey", key);
    return { versionId, value: { form: "string", text }, keyPermit };
  }

  async #permit<Action extends string>(action: Action, secretId: string) {
    const secret = await this.secrets.locate(scope, secretId);
    return permit(`secretsmanager:${action}` as const, secret);
  }

  #keyPermit<Action extends "kms:Decrypt" | "kms:GenerateDataKey">(
    action: Action,
    key: KeyResource,
  ) {
    return permit(action, key, throughSecretsManager);
  }
}
