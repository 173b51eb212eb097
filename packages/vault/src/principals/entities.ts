/**
 * What is done alike with users and roles: locating one for authorisation, creating, listing,
 * changing and deleting it. A change reads the row, computes, and commits against its revision.
 */
import type { Resource } from "../authorization/types.ts";
import type { ApiError } from "../errors.ts";
import {
  type Change,
  type Row,
  retryOnConflict,
  type Storage,
  type Table,
} from "../storage/storage.ts";
import { iamArn } from "./arns.ts";
import { tagValues } from "./compiled-policies.ts";
import { insert } from "./creation.ts";
import { deleteConflict, entityAlreadyExists, noSuchEntity } from "./errors.ts";
import { matchingRows, type Page, type PageRequest } from "./page.ts";
import { type Role, rowKey, type User } from "./records.ts";

/** "User" and "Role" as they stand in AWS's action names. */
export type Noun = "User" | "Role";

/** A user or role as a request names it. Whether it exists is told only to who may know. */
export interface EntityResource<Body extends User | Role> extends Resource {
  readonly name: string;
  readonly path: string;
  readonly row: Row<Body> | undefined;
}

/** Where a list looks: AWS authorises it on the path. */
export interface PathResource extends Resource {
  readonly pathPrefix: string;
}

export class Entities<Body extends User | Role> {
  readonly noun: Noun;
  readonly kind: "user" | "role";
  readonly #storage: Storage;
  readonly #table: Table<Body>;
  readonly #perAccountMax: number;

  constructor(storage: Storage, table: Table<Body>, noun: Noun, perAccountMax: number) {
    this.#storage = storage;
    this.#table = table;
    this.noun = noun;
    this.kind = noun === "User" ? "user" : "role";
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

  /** Where ListUsers or ListRoles looks. */
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

  insert(entity: Body): Promise<void> {
    return insert(this.#storage, this.#table, entity, {
      taken: entityAlreadyExists(`${this.noun} with name ${entity.name} already exists.`),
      quota: `${this.noun}sPerAccount`,
      quotaMax: this.#perAccountMax,
    });
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

  /** AWS refuses to delete what still has something: whoever deletes must know what goes. */
  delete(resource: EntityResource<Body>): Promise<void> {
    return retryOnConflict(async () => {
      const { key, revision, body } = await this.row(resource);
      if (body.kind === "user" && body.accessKeyIds.length > 0) {
        throw deleteConflict("Cannot delete entity, must delete access keys first.");
      }
      if (body.attachedPolicies.length > 0) {
        throw deleteConflict("Cannot delete entity, must detach all policies first.");
      }
      if (body.inlinePolicies.length > 0) {
        throw deleteConflict("Cannot delete entity, must delete policies first.");
      }
      await this.#storage.commit([{ type: "delete", table: this.#table, key, expect: revision }]);
    });
  }

  notFound(name: string): ApiError {
    return noSuchEntity(`The ${this.kind} with name ${name}`);
  }
}

export interface Update<Body> {
  readonly entity: Body;
  readonly alongside?: readonly Change[];
}
