/** IAM users. */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { RootKey } from "../encryption/root-keys/root-key.ts";
import type { Storage } from "../storage/storage.ts";
import { AccessKeys } from "./access-keys.ts";
import { Attachments } from "./attachments.ts";
import { Entities, type EntityResource, type PathResource } from "./entities.ts";
import { uniqueId } from "./ids.ts";
import { InlinePolicies } from "./inline-policies.ts";
import type { Page, PageRequest } from "./page.ts";
import { type Tag, type User, usersTable } from "./records.ts";

export type UserResource = EntityResource<User>;

export interface NewUser {
  readonly tags: readonly Tag[];
}

const usersPerAccount = 5000;
const inlineCharactersMax = 2048;

export class Users {
  readonly accessKeys: AccessKeys;
  readonly inlinePolicies: InlinePolicies<User, "User">;
  readonly attachments: Attachments<User, "User">;
  readonly #entities: Entities<User>;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, rootKey: RootKey, clock: Clock, randomness: Randomness) {
    this.#entities = new Entities(storage, usersTable, "User", usersPerAccount);
    this.accessKeys = new AccessKeys(storage, this.#entities, rootKey, clock, randomness);
    this.inlinePolicies = new InlinePolicies(this.#entities, inlineCharactersMax);
    this.attachments = new Attachments(storage, this.#entities);
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** The user as a request names it, whether or not there is one. */
  locate(accountId: string, name: string): Promise<UserResource> {
    return this.#entities.locate(accountId, name);
  }

  /** The user that `create` will make. */
  planned(accountId: string, path: string, name: string): UserResource {
    return this.#entities.planned(accountId, path, name);
  }

  /** Where `list` looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    return this.#entities.under(accountId, pathPrefix);
  }

  async create(permit: Permit<"iam:CreateUser", UserResource>, { tags }: NewUser): Promise<User> {
    const { accountId, path, name } = permit.resource;
    const user: User = {
      kind: "user",
      accountId,
      name,
      uniqueId: uniqueId("AIDA", this.#randomness),
      path,
      createdAt: this.#clock.now(),
      tags,
      inlinePolicies: [],
      attachedPolicies: [],
      accessKeyIds: [],
    };
    await this.#entities.insert(user);
    return user;
  }

  async get(permit: Permit<"iam:GetUser", UserResource>): Promise<User> {
    return (await this.#entities.row(permit.resource)).body;
  }

  list(permit: Permit<"iam:ListUsers", PathResource>, request: PageRequest): Promise<Page<User>> {
    const { accountId, pathPrefix } = permit.resource;
    return this.#entities.list(accountId, pathPrefix, request);
  }

  delete(permit: Permit<"iam:DeleteUser", UserResource>): Promise<void> {
    return this.#entities.delete(permit.resource);
  }
}
