/**
 * The names of keys. An alias' row and its key's list of aliases change together, so both ways
 * of asking always agree.
 */
import type { Clock } from "../clock.ts";
import type { Scope } from "../scope.ts";
import { type Change, retryOnConflict, type Storage } from "../storage/storage.ts";
import {
  aliasAlreadyExists,
  keyNotFound,
  keyPendingDeletion,
  limitExceeded,
} from "./key-errors.ts";
import { managedAliases } from "./key-policies.ts";
import {
  type AliasRecord,
  type AliasResource,
  aliasArn,
  aliasTable,
  type KeyRecord,
  keyRow,
  keyTable,
  scopePrefix,
} from "./key-record.ts";
import { type Page, page } from "./page.ts";

/** AWS's own aliases have no target until their keys are made. */
export type ListedAlias = Pick<AliasRecord, "aliasName" | "aliasArn"> & Partial<AliasRecord>;

/** AWS's quota. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const aliasesPerKeyMax = 50;

export class AliasDirectory {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  async find(scope: Scope, aliasName: string): Promise<AliasRecord | undefined> {
    return (await this.#storage.get(aliasTable, aliasRow(scope, aliasName)))?.body;
  }

  async create({ scope, aliasName, arn }: AliasResource, target: KeyRecord): Promise<void> {
    await retryOnConflict(async () => {
      const key = await this.#storage.get(keyTable, keyRow(target, target.keyId));
      if (key === undefined) throw keyNotFound(target.arn);
      if ((await this.find(scope, aliasName)) !== undefined) throw aliasAlreadyExists(arn);
      if (key.body.state === "PendingDeletion") throw keyPendingDeletion(target.arn);
      if (key.body.aliases.length >= aliasesPerKeyMax) {
        throw limitExceeded(`${target.arn} has reached its limit of ${aliasesPerKeyMax} aliases`);
      }
      const body = { ...key.body, aliases: [...key.body.aliases, aliasName].sort() };
      await this.#storage.commit([
        this.adding(target, aliasName),
        { type: "put", table: keyTable, key: key.key, body, expect: key.revision },
      ]);
    });
  }

  /** The change that adds an alias, as part of a commit that also writes its key. */
  adding(target: KeyRecord, aliasName: string): Change {
    const now = this.#clock.now();
    const body: AliasRecord = {
      aliasName,
      aliasArn: aliasArn(target, aliasName),
      targetKeyId: target.keyId,
      createdAt: now,
      updatedAt: now,
    };
    const key = aliasRow(target, aliasName);
    return { type: "put", table: aliasTable, key, body, expect: "absent" };
  }

  /** Every alias by name, AWS's own from the start. */
  async list(scope: Scope, limit: number, after: string | undefined): Promise<Page<ListedAlias>> {
    const rows = await this.#storage.list(aliasTable, {
      prefix: aliasRow(scope, "alias/"),
      after: after === undefined ? undefined : aliasRow(scope, after),
      limit: limit + 1,
    });
    const managed = await this.#storage.getMany(
      aliasTable,
      managedAliases.map((name) => aliasRow(scope, name)),
    );
    const withoutTarget = managedAliases
      .filter((name, at) => managed[at] === undefined && isBehind(name, after))
      .map((aliasName) => ({ aliasName, aliasArn: aliasArn(scope, aliasName) }));
    const aliases = [...rows.map((row) => row.body), ...withoutTarget];
    aliases.sort((one, other) => (one.aliasName < other.aliasName ? -1 : 1));
    return page(aliases, limit, nameOf);
  }

  /** The aliases of one key, by name. */
  async listOf(
    record: KeyRecord,
    limit: number,
    after: string | undefined,
  ): Promise<Page<ListedAlias>> {
    const names = record.aliases.filter((name) => isBehind(name, after)).slice(0, limit + 1);
    const rows = await this.#storage.getMany(
      aliasTable,
      names.map((name) => aliasRow(record, name)),
    );
    return page(
      rows.flatMap((row) => (row === undefined ? [] : [row.body])),
      limit,
      nameOf,
    );
  }
}

/** Alias names bring their own "alias/". */
function aliasRow(scope: Scope, aliasName: string): string {
  return scopePrefix(scope) + aliasName;
}

function nameOf({ aliasName }: ListedAlias): string {
  return aliasName;
}

function isBehind(name: string, after: string | undefined): boolean {
  return after === undefined || name > after;
}
