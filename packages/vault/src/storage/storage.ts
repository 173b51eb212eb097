/**
 * What the domain asks of a database, small enough that every adapter passes one conformance
 * suite (`storage.conformance.ts`).
 *
 * A row is a JSON `body`, readable to the database's owner, and `sealed` bytes, which are always
 * ciphertext. All writes go through `commit`: a list of changes, each with the revision it
 * expects, that happens whole and durably or not at all. So the domain reads, computes, and
 * commits; when somebody else was quicker it gets `Conflict` and starts again (`retryOnConflict`).
 */
import { setTimeout } from "node:timers/promises";
import type { Soon } from "../soon.ts";

export { Unavailable } from "../unavailable.ts";

/** The tables there are. A table's name is the domain's noun; migrations create them. */
export type TableName =
  | "accounts"
  | "sealed_keys"
  | "secrets"
  | "secret_versions"
  | "parameters"
  | "parameter_versions"
  | "keys"
  | "key_versions"
  | "key_aliases"
  | "users"
  | "access_keys"
  | "roles"
  | "policies"
  | "groups"
  | "group_members"
  | "instance_profiles"
  | "oidc_providers"
  | "access_reports"
  | "key_grants"
  | "organizations"
  | "changes"
  | "change_marks"
  | "counts"
  | "service_settings"
  | "leases"
  | "rotations";

/** A handle that ties a table's name to the type of its bodies. */
export interface Table<Body> {
  readonly name: TableName;
  /** Never set: carries the type. */
  readonly bodyType?: Body;
}

/** Declares a table's body type, once, beside the domain that owns it. */
export function table<Body>(name: TableName): Table<Body> {
  return { name };
}

export interface Row<Body> {
  readonly key: string;
  /** Grows with every write of this row; what `expect` compares. */
  readonly revision: number;
  /** Deeply frozen and shared between callers. The same object until the row changes. */
  readonly body: Body;
  readonly sealed: Uint8Array | undefined;
}

/**
 * A page of rows whose keys start with `prefix`, in byte order of their UTF-8 keys (or of the
 * index values). `after` is exclusive and resumes behind a key; `limit` is required because
 * nothing here is unbounded.
 */
export interface Range {
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly limit: number;
  readonly isDescending?: boolean | undefined;
}

export interface IndexedRow<Body> extends Row<Body> {
  /** Where this row stands in the index: give it back as `after` to resume behind it. */
  readonly position: string;
}

/** What must hold of a row for a change to happen: its revision, or that there is none. */
export type Expectation = number | "absent";

export interface Put<Body = unknown> {
  readonly type: "put";
  readonly table: Table<Body>;
  readonly key: string;
  readonly body: Body;
  readonly sealed?: Uint8Array | undefined;
  /** Without it the row is written whatever was there. */
  readonly expect?: Expectation | undefined;
  /**
   * Secondary orders this row appears in: index name -> value. Replaces the row's entries.
   * Values start with the same `account/region/` prefix as keys, so that ranges stay inside it.
   */
  readonly indexes?: Readonly<Record<string, string>> | undefined;
}

export interface Delete {
  readonly type: "delete";
  readonly table: Table<unknown>;
  readonly key: string;
  readonly expect?: number | undefined;
}

/** Changes nothing and makes the commit fail unless the row is as expected. */
export interface Require {
  readonly type: "require";
  readonly table: Table<unknown>;
  readonly key: string;
  readonly expect: Expectation;
}

/**
 * Adds a row behind all others of its table: its key is the commit's change counter, as
 * `counterKey` spells it. At most one a table in a commit.
 */
export interface Append<Body = unknown> {
  readonly type: "append";
  readonly table: Table<Body>;
  readonly body: Body;
}

/**
 * Adds to a row that is a whole number, to 0 where there is none yet. Expects nothing, so that
 * those who count at the same time need not wait for one another.
 */
export interface Add {
  readonly type: "add";
  readonly table: Table<number>;
  readonly key: string;
  readonly amount: number;
}

export type Change = Put | Delete | Require | Append | Add;

const counterDigits = 16;

/** The key of what a commit appended, in the order of commits. */
export function counterKey(counter: number): string {
  return String(counter).padStart(counterDigits, "0");
}

export interface Storage {
  get<Body>(table: Table<Body>, key: string): Soon<Row<Body> | undefined>;
  /** In the order of `keys`, `undefined` where there is no row. */
  getMany<Body>(
    table: Table<Body>,
    keys: readonly string[],
  ): Promise<readonly (Row<Body> | undefined)[]>;
  list<Body>(table: Table<Body>, range: Range): Promise<readonly Row<Body>[]>;
  /** Rows in the order of an index that `put` maintains; ties in key order. */
  listByIndex<Body>(
    table: Table<Body>,
    index: string,
    range: Range,
  ): Promise<readonly IndexedRow<Body>[]>;
  /** How many rows start with the prefix. Costs a range scan: for limits on writes, not reads. */
  count(table: Table<unknown>, prefix: string): Promise<number>;
  /**
   * Makes all changes durable together and resolves with the change counter, which grows with
   * every commit and is the revision of each row that it put. Throws `Conflict` if an expectation fails and `Unavailable` if the database
   * can't be written; nothing has changed then.
   */
  commit(changes: readonly Change[]): Promise<number>;
  /**
   * Calls `listener` after commits that wrote rows of the table, by this process or another, until
   * the function that it returns is called. Only a hint: it may come twice and, of another
   * process's commit, late or never, so whoever relies on it also looks by itself now and then.
   */
  watch(table: Table<unknown>, listener: () => void): () => void;
  close(): Promise<void>;
}

export interface TouchedRow {
  readonly table: TableName;
  readonly key: string;
}

/** A storage that other processes write to as well. */
export interface SharedStorage extends Storage {
  /**
   * As `commit`. `isOutdated` is asked within the transaction, after catching up: true fails the
   * list with `Stale`. After Unavailable it may have happened: the connection may have broken
   * while it was being committed.
   */
  commit(changes: readonly Change[], isOutdated?: () => boolean): Promise<number>;
  /**
   * Told, in the order of commits and before `catchUp` resolves, of rows that others wrote;
   * `undefined`: any row may have been.
   */
  onOthersWrote(listener: (rows: readonly TouchedRow[] | undefined) => void): void;
  /**
   * Resolves when what was committed up to this counter is known here: told to the listener.
   * Without one: all that was committed when it was called, for which the database is asked.
   */
  catchUp(counter?: number): Promise<void>;
  /** For the schedule: forgets touched rows that every live node has long seen. */
  prune(): Promise<void>;
  /** Up to which counter all is known here, and the newest that was heard of. For the metrics. */
  readonly progress: { readonly position: number; readonly heard: number };
}

/** An expectation of a commit did not hold: somebody else wrote first. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** A row that another row refers to is gone: the database is damaged. */
export class Missing extends Error {
  override readonly name = "Missing";
}

/**
 * What a commit was computed from was outdated: another node had written it. Reading again is not
 * enough, since what led to the commit was decided on old rows: the whole request runs once more.
 */
export class Stale extends Error {
  override readonly name = "Stale";
}

const attemptsMax = 24;
const pauseMillisecondsMax = 128;

/**
 * Runs read-compute-commit again when another writer was quicker. Of many who write one row at
 * once a single one wins each time: so the others scatter, further with each attempt that they
 * lose, and a hundred of them all get through. Gives up after 24 attempts, some two seconds.
 */
export async function retryOnConflict<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Conflict) || attempts === attemptsMax) throw error;
      await setTimeout(Math.random() * Math.min(2 ** attempts, pauseMillisecondsMax));
    }
  }
}
