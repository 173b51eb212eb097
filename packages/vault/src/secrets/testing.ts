/** For tests: secrets over a real database, with permits as the account root's and a set clock. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorize } from "../authorization/authorize.ts";
import type { Circumstances, Principal } from "../authorization/types.ts";
import { systemRandomness } from "../clock.ts";
import { rootKeyFrom } from "../encryption/root-keys/root-key.ts";
import { type KeyResource, Keys } from "../keys/keys.ts";
import { SealedKeys } from "../keys/sealed-keys.ts";
import { cacheStorage } from "../storage/cached-storage.ts";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { SecretChange } from "./changes.ts";
import type { ListQuery } from "./listing.ts";
import { type SecretPermit, type SecretResource, secretsResource } from "./records.ts";
import type { NewVersion } from "./sealing.ts";
import { Secrets, type VersionChoice } from "./secrets.ts";

export const scope = { accountId: "123456789012", region: "us-east-1" };
export const day = 86_400_000;

const root: Principal = {
  type: "Root",
  arn: "arn:aws:iam::123456789012:root",
  accountId: scope.accountId,
  principalId: scope.accountId,
  userName: undefined,
  roleArn: undefined,
  tags: {},
  policies: [],
  tokenIssuedAt: undefined,
};

const circumstances: Circumstances = {
  now: 0,
  sourceAddress: "127.0.0.1",
  isSecureTransport: true,
  region: scope.region,
  userAgent: "test",
};

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
  readonly #directory: string;
  now = Date.UTC(2026, 0, 15, 12);

  private constructor(storage: Storage, directory: string) {
    const clock = { now: () => this.now };
    const rootKey = rootKeyFrom(systemRandomness.bytes(32));
    const sealedKeys = new SealedKeys(storage, rootKey, systemRandomness);
    this.storage = storage;
    this.#directory = directory;
    this.keys = new Keys(storage, rootKey, sealedKeys, clock, systemRandomness);
    this.secrets = new Secrets(storage, this.keys, sealedKeys, clock, systemRandomness);
  }

  static async open(): Promise<TestSecrets> {
    const directory = mkdtempSync(join(tmpdir(), "claviger-secrets-"));
    const storage = await openSqliteStorage({ directory });
    return new TestSecrets(cacheStorage(storage, { bytesMax: 10_000_000 }), directory);
  }

  async close(): Promise<void> {
    await this.storage.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async create(
    name: string,
    text?: string,
    options: { token?: string; description?: string; tags?: Record<string, string> } = {},
  ) {
    const { description, tags = {}, token: versionId = systemRandomness.uuid() } = options;
    const permit = this.#permit("CreateSecret", await this.secrets.locateNew(scope, name));
    const version = text === undefined ? undefined : await this.#version(versionId, text);
    return this.secrets.create(permit, { description, tags, version });
  }

  async put(secretId: string, text: string, versionId: string, labels?: readonly string[]) {
    const permit = await this.#located("PutSecretValue", secretId);
    return this.secrets.change(permit, { version: await this.#version(versionId, text), labels });
  }

  async update(secretId: string, change: SecretChange, text?: string, versionId = "") {
    const permit = await this.#located("UpdateSecret", secretId);
    const version = text === undefined ? undefined : await this.#version(versionId, text);
    return this.secrets.change(permit, { ...change, version });
  }

  async get(secretId: string, choice: VersionChoice = {}): Promise<string> {
    const permit = await this.#located("GetSecretValue", secretId);
    const version = await this.secrets.version(permit, choice);
    const key = await this.keys.locate(scope, version.body.keyArn);
    const decrypt = this.#keyPermit("kms:Decrypt", key);
    const value = await this.secrets.reveal(permit, version, decrypt);
    return value.form === "string" ? value.text : Buffer.from(value.bytes).toString("latin1");
  }

  async describe(secretId: string) {
    return this.secrets.describe(await this.#located("DescribeSecret", secretId));
  }

  async delete(secretId: string, recoveryWindowInDays: number) {
    const permit = await this.#located("DeleteSecret", secretId);
    return recoveryWindowInDays === 0
      ? this.secrets.deleteAtOnce(permit)
      : this.secrets.scheduleDeletion(permit, recoveryWindowInDays);
  }

  async restore(secretId: string) {
    return this.secrets.restore(await this.#located("RestoreSecret", secretId));
  }

  list(query: Partial<ListQuery> = {}) {
    const resource = secretsResource(scope);
    const permit = authorize(root, "secretsmanager:ListSecrets", resource, circumstances);
    return this.secrets.list(permit, {
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

  async #located<Action extends string>(action: Action, secretId: string) {
    return this.#permit(action, await this.secrets.locate(scope, secretId));
  }

  #permit<Action extends string>(action: Action, secret: SecretResource): SecretPermit<Action> {
    return authorize(root, `secretsmanager:${action}`, secret, circumstances);
  }

  #keyPermit<Action extends "kms:Decrypt" | "kms:GenerateDataKey">(
    action: Action,
    key: KeyResource,
  ) {
    return authorize(root, action, key, circumstances, throughSecretsManager);
  }
}
