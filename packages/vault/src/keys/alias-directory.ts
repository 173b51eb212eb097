/**
 * The names of keys. An alias' row and its keys' lists of aliases change together, so both ways
 * of asking always agree.
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock } from "../clock.ts";
import type { Scope } from "../scope.ts";
import type { Soon } from "../soon.ts";
import {
  type Change,
  Conflict,
  type Row,
  retryOnConflict,
  type Storage,
} from "../storage/storage.ts";
import type { KeyChanges } from "./key-changes.ts";
import { aliasAlreadyExists, aliasNotFound, limitExceeded } from "./key-errors.ts";
import { managedAliases } from "./key-policies.ts";
import {
  type AliasRecord,
  aliasArn,
  aliasTable,
  isGone,
  type KeyRecord,
  keyRow,
  keyTable,
  putKey,
  scopePrefix,
} from "./key-record.ts";
import type { AliasResource, KeyResource } from "./key-resource.ts";
import { requireState } from "./key-states.ts";
import { type Page, page } from "./page.ts";

/** AWS's own aliases have no target until their keys are made. */
export type ListedAlias = Pick<AliasRecord, "aliasName" | "aliasArn"> & Partial<AliasRecord>;

/** AWS's quota. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const aliasesPerKeyMax = 50;

export class AliasDirectory {
  readonly #storage: Storage;
  readonly #changes: KeyChanges;
  readonly #clock: Clock;

  constructor(storage: Storage, changes: KeyChanges, clock: Clock) {
    this.#storage = storage;
    this.#changes = changes;
    this.#clock = clock;
  }

  /** Also where its key is gone by now. */
  find(scope: Scope, aliasName: string): Soon<Row<AliasRecord> | undefined> {
    return this.#storage.get(aliasTable, aliasRow(scope, aliasName));
  }

  /** Asks for both permits, as AWS does: the alias' and the key's. */
  async create(
    { resource: { scope, aliasName, arn } }: Permit<"kms:CreateAlias", AliasResource>,
    { resource: { record: target } }: Permit<"kms:CreateAlias", KeyResource>,
  ): Promise<void> {
    await this.#changes.apply(target, undefined, async (key) => {
      const known = await this.find(scope, aliasName);
      if (known !== undefined && (await this.#isPresent(known.body, scope))) {
        throw aliasAlreadyExists(arn);
      }
      requireState("CreateAlias", key);
      return {
        record: withAlias(key, aliasName),
        also: [this.adding(key, aliasName, known?.revision)],
      };
    });
  }

  /** Gives the name to another key. Asks for three permits: the alias' and both keys'. */
  update(
    { resource: { scope, aliasName } }: Permit<"kms:UpdateAlias", AliasResource>,
    { resource: { record: current } }: Permit<"kms:UpdateAlias", KeyResource>,
    { resource: { record: target } }: Permit<"kms:UpdateAlias", KeyResource>,
  ): Promise<void> {
    return retryOnConflict(async () => {
      const alias = await this.#latest(scope, aliasName, current);
      const to = await this.#changes.latest(target);
      requireState("UpdateAlias", to.body);
      const body = { ...alias.body, targetKeyId: target.keyId, updatedAt: this.#clock.now() };
      const changes: Change[] = [
        { type: "put", table: aliasTable, key: alias.key, body, expect: alias.revision },
      ];
      if (current.keyId !== target.keyId) {
        const from = await this.#changes.latest(current);
        changes.push(putKey(withoutAlias(from.body, aliasName), from.revision));
        changes.push(putKey(withAlias(to.body, aliasName), to.revision));
      }
      await this.#storage.commit(changes);
    });
  }

  /** Asks for both permits: the alias' and its key's. The key stays. */
  delete(
    { resource: { scope, aliasName } }: Permit<"kms:DeleteAlias", AliasResource>,
    { resource: { record: current } }: Permit<"kms:DeleteAlias", KeyResource>,
  ): Promise<void> {
    return retryOnConflict(async () => {
      const alias = await this.#latest(scope, aliasName, current);
      const from = await this.#changes.latest(current);
      await this.#storage.commit([
        { type: "delete", table: aliasTable, key: alias.key, expect: alias.revision },
        putKey(withoutAlias(from.body, aliasName), from.revision),
      ]);
    });
  }

  /** The change that adds an alias, as part of a commit that also writes its key. */
  adding(target: KeyRecord, aliasName: string, replaces: number | "absent" = "absent"): Change {
    const now = this.#clock.now();
    const body: AliasRecord = {
      aliasName,
      aliasArn: aliasArn(target, aliasName),
      targetKeyId: target.keyId,
      createdAt: now,
      updatedAt: now,
    };
    const key = aliasRow(target, aliasName);
    return { type: "put", table: aliasTable, key, body, expect: replaces };
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
    const aliases: ListedAlias[] = [...rows.map((row) => row.body), ...withoutTarget];
    aliases.sort((one, other) => (one.aliasName < other.aliasName ? -1 : 1));
    const { items, next } = page(aliases, limit, nameOf);
    const present = await Promise.all(items.map((alias) => this.#isPresent(alias, scope)));
    return { items: items.filter((_, at) => present[at]), next };
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

  /** The alias as it is now, if it still names the key that the policies were asked about. */
  async #latest(scope: Scope, aliasName: string, { keyId }: KeyRecord): Promise<Row<AliasRecord>> {
    const alias = await this.find(scope, aliasName);
    if (alias === undefined) throw aliasNotFound(aliasArn(scope, aliasName));
    if (alias.body.targetKeyId !== keyId) throw new Conflict("The alias names another key by now");
    return alias;
  }

  /** A key that is gone takes its names with it, before the sweeper comes by. */
  async #isPresent({ targetKeyId }: Partial<AliasRecord>, scope: Scope): Promise<boolean> {
    if (targetKeyId === undefined) return true;
    const key = await this.#storage.get(keyTable, keyRow(scope, targetKeyId));
    return key !== undefined && !isGone(key.body, this.#clock.now());
  }
}

/** Alias names bring their own "alias/". */
export function aliasRow(scope: Scope, aliasName: string): string {
  return scopePrefix(scope) + aliasName;
}

function withAlias(key: KeyRecord, aliasName: string): KeyRecord {
  if (key.aliases.length >= aliasesPerKeyMax) {
    throw limitExceeded(`${key.arn} has reached its limit of ${aliasesPerKeyMax} aliases`);
  }
  return { ...key, aliases: [...key.aliases, aliasName].sort() };
}

function withoutAlias(key: KeyRecord, aliasName: string): KeyRecord {
  return { ...key, aliases: key.aliases.filter((name) => name !== aliasName) };
}

function nameOf({ aliasName }: ListedAlias): string {
  return aliasName;
}

function isBehind(name: string, after: string | undefined): boolean {
  return after === undefined || name > after;
}
