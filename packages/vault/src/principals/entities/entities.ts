/**
 * What is done alike with users, groups, roles and instance profiles: locating one for
 * authorisation, creating, listing, changing, renaming and deleting it. A change reads the row,
 * computes, and commits against its revision.
 */
import type { Resource } from "../../authorization/types.ts";
import type { ApiError } from "../../errors.ts";
import {
  type Change,
  type Row,
  retryOnConflict,
  type Storage,
  type Table,
} from "../../storage/storage.ts";
import { iamArn } from "../arns.ts";
import { insert } from "../creation.ts";
import { deleteConflict, entityAlreadyExists, entityNotFound } from "../errors.ts";
import { matchingRows, type Page, type PageRequest } from "../page.ts";
import { tagValues } from "../policies/compiled-policies.ts";
import { type Named, rowKey } from "../records.ts";

/** A user, group, role or instance profile as a request names it. Whether it exists is told only to who may know. */
export interface EntityResource<Body extends Named> extends Resource {
  readonly name: string;
  readonly path: string;
  readonly row: Row<Body> | undefined;
}

/** Where a list looks: AWS authorises it on the path. */
export interface PathResource extends Resource {
  readonly pathPrefix: string;
}

/** As the kinds stand in AWS's action names. */
const nouns = {
  user: "User",
  group: "Group",
  role: "Role",
  "instance-profile": "InstanceProfile",
} as const;

export class Entities<Body extends Named> {
  readonly kind: Body["kind"];
  readonly noun: string;
  readonly #storage: Storage;
  readonly #table: Table<Body>;
  readonly #perAccountMax: number;

  constructor(storage: Storage, table: Table<Body>, kind: Body["kind"], perAccountMax: number) {
    this.#storage = storage;
    this.#table = table;
    this.kind = kind;
    this.noun = nouns[kind];
    this.#perAccountMax = perAccountMax;
  }

  async locate(accountId: string, name: string): Promise<EntityResource<Body>> {
    const row = await this.#storage.get(this.#table, rowKey(accountId, name));
    const { path, name: stored } = row?.body ?? { path: "/", name };
    return {
      arn: iamArn(accountId, this.kind, path, stored),
      accountId,
      tags: row === undefined ? {} : tagValues(row.body),
      name,
      path,
      row,
    };
  }

  /** One that is yet to be created, perhaps where there is one already. */
  planned(accountId: string, path: string, name: string): EntityResource<Body> {
    const arn = iamArn(accountId, this.kind, path, name);
    return { arn, accountId, tags: {}, name, path, row: undefined };
  }

  /** What it will be under another name or path; what is left out stays. */
  renamed(resource: EntityResource<Body>, { name, path }: Rename): EntityResource<Body> {
    const to = {
      name: name ?? resource.row?.body.name ?? resource.name,
      path: path ?? resource.path,
    };
    return { ...resource, ...to, arn: iamArn(resource.accountId, this.kind, to.path, to.name) };
  }

  /** Where a list looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    return { arn: iamArn(accountId, this.kind, pathPrefix, ""), accountId, tags: {}, pathPrefix };
  }

  /** The row as it is now, of the very entity that was located. */
  async row(resource: EntityResource<Body>): Promise<Row<Body>> {
    const row = await this.#storage.get(this.#table, rowKey(resource.accountId, resource.name));
    if (row === undefined || row.body.uniqueId !== resource.row?.body.uniqueId) {
      throw this.notFound(resource.name);
    }
    return row;
  }

  /** Those of the names, as they are now; one that has just gone is left out. */
  async named(accountId: string, names: readonly string[]): Promise<readonly Body[]> {
    const keys = names.map((name) => rowKey(accountId, name));
    const rows = await this.#storage.getMany(this.#table, keys);
    return rows.flatMap((row) => (row === undefined ? [] : [row.body]));
  }

  /** Creates it, together with what `alongside` changes in other rows. */
  insert(entity: Body, alongside?: () => Promise<readonly Change[]>): Promise<void> {
    const rules = {
      taken: this.#taken(entity.name),
      quota: `${this.noun}sPerAccount`,
      quotaMax: this.#perAccountMax,
    };
    return insert(this.#storage, this.#table, entity, rules, alongside);
  }

  list(accountId: string, pathPrefix: string, request: PageRequest): Promise<Page<Body>> {
    return matchingRows(this.#storage, this.#table, accountId, request, (body) =>
      body.path.startsWith(pathPrefix),
    );
  }

  /**
   * Commits what `change` makes of the entity, together with the changes of other rows that it
   * returns; nothing if it returns undefined.
   */
  update(
    resource: EntityResource<Body>,
    change: (entity: Body) => Promise<Update<Body> | undefined> | Update<Body> | undefined,
  ): Promise<void> {
    return retryOnConflict(async () => {
      const { key, revision, body } = await this.row(resource);
      const update = await change(body);
      if (update === undefined) return;
      const { entity, alongside = [] } = update;
      await this.#storage.commit([
        { type: "put", table: this.#table, key, body: entity, expect: revision },
        ...alongside,
      ]);
    });
  }

  /** Gives it another name or path, and changes `alongside` all that knows it by its name. */
  rename(
    resource: EntityResource<Body>,
    { name, path }: EntityResource<Body>,
    alongside: (from: Body, to: Body) => Promise<readonly Change[]>,
  ): Promise<void> {
    return retryOnConflict(async () => {
      const { key, revision, body: from } = await this.row(resource);
      const to = { ...from, name, path };
      const newKey = rowKey(to.accountId, to.name);
      const isSameKey = newKey === key;
      if (!isSameKey && (await this.#storage.get(this.#table, newKey)) !== undefined) {
        throw this.#taken(to.name);
      }
      const expect = isSameKey ? revision : "absent";
      const changes: Change[] = [
        { type: "put", table: this.#table, key: newKey, body: to, expect },
        ...(await alongside(from, to)),
      ];
      if (!isSameKey) changes.push({ type: "delete", table: this.#table, key, expect: revision });
      await this.#storage.commit(changes);
    });
  }

  /**
   * AWS refuses to delete what still has something: whoever deletes must know what goes.
   * `leftover` says what has to go first, in AWS's words.
   */
  delete(
    resource: EntityResource<Body>,
    leftover: (entity: Body) => string | undefined,
    alongside: (entity: Body) => Promise<readonly Change[]> = () => Promise.resolve([]),
  ): Promise<void> {
    return retryOnConflict(async () => {
      const { key, revision, body } = await this.row(resource);
      const first = leftover(body);
      if (first !== undefined) throw deleteConflict(`Cannot delete entity, must ${first} first.`);
      await this.#storage.commit([
        { type: "delete", table: this.#table, key, expect: revision },
        ...(await alongside(body)),
      ]);
    });
  }

  notFound(name: string): ApiError {
    return entityNotFound(this.kind, name);
  }

  #taken(name: string): ApiError {
    const what =
      this.kind === "instance-profile"
        ? `Instance Profile ${name}`
        : `${this.noun} with name ${name}`;
    return entityAlreadyExists(`${what} already exists.`);
  }
}

export interface Update<Body> {
  readonly entity: Body;
  readonly alongside?: readonly Change[];
}

export interface Rename {
  readonly name: string | undefined;
  readonly path: string | undefined;
}
