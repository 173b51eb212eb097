/**
 * Where keys are kept: finds a key by whatever KeyId a caller gives, makes keys, lists them.
 * Knows nothing of encryption.
 */
import type { Clock, Randomness } from "../clock.ts";
import type { Scope } from "../scope.ts";
import { type Soon, soon } from "../soon.ts";
import { type Change, type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import type { AliasDirectory } from "./alias-directory.ts";
import type { KeyPolicy } from "./key-administration.ts";
import { aliasNotFound, keyNotFound, limitExceeded } from "./key-errors.ts";
import { parseKeyId } from "./key-id.ts";
import type { KeyMaterials } from "./key-material.ts";
import {
  defaultKeyPolicy,
  type ManagedAlias,
  managedDescription,
  managedKeyPolicy,
} from "./key-policies.ts";
import {
  aliasArn,
  isGone,
  type KeyRecord,
  keyArn,
  keyRow,
  keyTable,
  putKey,
  scopePrefix,
} from "./key-record.ts";
import { type KeyResource, keyResource } from "./key-resource.ts";
import { rotationFrom, rotationPeriodInDays } from "./key-rotation.ts";
import { type Page, page } from "./page.ts";

export interface NewKey {
  readonly keyId: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Without it the key has AWS's default policy. */
  readonly policy?: KeyPolicy | undefined;
}

/** AWS's quota. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const keysPerRegionMax = 100_000;

export class KeyDirectory {
  readonly #storage: Storage;
  readonly #aliases: AliasDirectory;
  readonly #materials: KeyMaterials;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(
    storage: Storage,
    aliases: AliasDirectory,
    materials: KeyMaterials,
    clock: Clock,
    randomness: Randomness,
  ) {
    this.#storage = storage;
    this.#aliases = aliases;
    this.#materials = materials;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** Throws NotFoundException. Makes nothing: whoever asks may not be allowed to. */
  locate(scope: Scope, keyId: string): Soon<KeyResource> {
    const named = parseKeyId(scope, keyId);
    if (named.type === "alias") return this.#locateAlias(named.scope, named.aliasName);
    return soon(this.#storage.get(keyTable, named.row), (row) => {
      const key = this.#present(row);
      if (key === undefined) throw keyNotFound(keyArn(named.scope, named.keyId));
      return key;
    });
  }

  async #locateAlias(scope: Scope, aliasName: string): Promise<KeyResource> {
    const alias = await this.#aliases.find(scope, aliasName);
    const row = alias && (await this.#storage.get(keyTable, keyRow(scope, alias.body.targetKeyId)));
    const key = this.#present(row);
    if (key === undefined) throw aliasNotFound(aliasArn(scope, aliasName));
    return key;
  }

  /** The AWS managed key, made at its first use; of two that make it at once one wins. */
  async defaultKey(scope: Scope, aliasName: ManagedAlias): Promise<KeyResource> {
    return retryOnConflict(async () => {
      const alias = await this.#aliases.find(scope, aliasName);
      if (alias !== undefined) return this.#find(scope, alias.body.targetKeyId);
      const record = this.#draft(scope, {
        keyId: this.nextKeyId(),
        description: managedDescription(aliasName),
        tags: {},
        policy: managedKeyPolicy(scope, aliasName),
        manager: "AWS",
        aliases: [aliasName],
        rotation: rotationFrom(this.#clock.now(), rotationPeriodInDays),
      });
      await this.#storage.commit([
        ...this.#adding(record),
        this.#aliases.adding(record, aliasName),
      ]);
      return this.#find(scope, record.keyId);
    });
  }

  nextKeyId(): string {
    return this.#randomness.uuid();
  }

  async create(scope: Scope, key: NewKey): Promise<KeyResource> {
    if ((await this.#storage.count(keyTable, scopePrefix(scope))) >= keysPerRegionMax) {
      throw limitExceeded(`The account has reached its limit of ${keysPerRegionMax} keys`);
    }
    const record = this.#draft(scope, {
      ...key,
      policy: key.policy?.document ?? defaultKeyPolicy(scope),
      policyPrincipals: key.policy?.principals,
      manager: "CUSTOMER",
      aliases: [],
    });
    await this.#storage.commit(this.#adding(record));
    return this.#find(scope, record.keyId);
  }

  async list(scope: Scope, limit: number, after: string | undefined): Promise<Page<KeyRecord>> {
    const rows = await this.#storage.list(keyTable, {
      prefix: scopePrefix(scope),
      after: after === undefined ? undefined : keyRow(scope, after),
      limit: limit + 1,
    });
    const records = rows.map((row) => row.body);
    const { items, next } = page(records, limit, ({ keyId }) => keyId);
    return { items: items.filter((record) => !isGone(record, this.#clock.now())), next };
  }

  #find(scope: Scope, keyId: string): Soon<KeyResource> {
    return this.locate(scope, keyArn(scope, keyId));
  }

  /** The key, unless its waiting period is over: then it is gone, swept or not. */
  #present(row: Row<KeyRecord> | undefined): KeyResource | undefined {
    if (row === undefined || isGone(row.body, this.#clock.now())) return undefined;
    return keyResource(row.body);
  }

  #draft(
    { accountId, region }: Scope,
    given: Pick<
      KeyRecord,
      | "keyId"
      | "description"
      | "tags"
      | "policy"
      | "policyPrincipals"
      | "manager"
      | "aliases"
      | "rotation"
    >,
  ): KeyRecord {
    return {
      ...given,
      arn: keyArn({ accountId, region }, given.keyId),
      accountId,
      region,
      createdAt: this.#clock.now(),
      state: "Enabled",
      currentVersion: 1,
      currentMaterialId: this.#materials.nextId(),
    };
  }

  #adding(record: KeyRecord): Change[] {
    return [putKey(record, "absent"), this.#materials.adding(record, record.createdAt)];
  }
}
