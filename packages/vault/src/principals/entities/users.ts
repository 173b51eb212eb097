/** IAM users. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { RootKey } from "../../encryption/root-keys/root-key.ts";
import type { Storage } from "../../storage/storage.ts";
import { uniqueId } from "../ids.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import { type Group, type Tag, type User, usersTable } from "../records.ts";
import { AccessKeys } from "./access-keys.ts";
import { Attachments } from "./attachments.ts";
import { Boundaries } from "./boundaries.ts";
import { Entities, type EntityResource, type PathResource, type Rename } from "./entities.ts";
import { EntityTags } from "./entity-tags.ts";
import { InlinePolicies } from "./inline-policies.ts";
import { Memberships } from "./memberships.ts";

export type UserResource = EntityResource<User>;

export interface NewUser {
  readonly boundaryArn?: string | undefined;
  readonly tags: readonly Tag[];
}

const usersPerAccount = 5000;
const inlineCharactersMax = 2048;

export class Users {
  readonly accessKeys: AccessKeys;
  readonly inlinePolicies: InlinePolicies<User, "User">;
  readonly attachments: Attachments<User, "User">;
  readonly boundaries: Boundaries<User, "User">;
  readonly tags: EntityTags<User, "User">;
  readonly #memberships: Memberships;
  readonly #entities: Entities<User>;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, rootKey: RootKey, clock: Clock, randomness: Randomness) {
    this.#entities = new Entities(storage, usersTable, "user", usersPerAccount);
    this.accessKeys = new AccessKeys(storage, this.#entities, rootKey, clock, randomness);
    this.inlinePolicies = new InlinePolicies(this.#entities, inlineCharactersMax);
    this.attachments = new Attachments(storage, this.#entities);
    this.boundaries = new Boundaries(storage, this.#entities);
    this.tags = new EntityTags(this.#entities, (key) => key.toLowerCase());
    this.#memberships = new Memberships(storage);
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

  /** The user that `rename` will make of it. */
  renamed(user: UserResource, rename: Rename): UserResource {
    return this.#entities.renamed(user, rename);
  }

  /** Where `list` looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    return this.#entities.under(accountId, pathPrefix);
  }

  async create(
    permit: Permit<"iam:CreateUser", UserResource>,
    { boundaryArn, tags }: NewUser,
  ): Promise<User> {
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
      boundaryArn,
      accessKeyIds: [],
      groupNames: [],
    };
    await this.#entities.insert(user, () => this.boundaries.set(accountId, boundaryArn));
    return user;
  }

  async get(permit: Permit<"iam:GetUser", UserResource>): Promise<User> {
    return (await this.#entities.row(permit.resource)).body;
  }

  list(permit: Permit<"iam:ListUsers", PathResource>, request: PageRequest): Promise<Page<User>> {
    const { accountId, pathPrefix } = permit.resource;
    return this.#entities.list(accountId, pathPrefix, request);
  }

  /** Its policies, groups and access keys stay, and so does the trust of roles in it. */
  rename(
    from: Permit<"iam:UpdateUser", UserResource>,
    to: Permit<"iam:UpdateUser", UserResource>,
  ): Promise<void> {
    return this.#entities.rename(from.resource, to.resource, async (was, is) => [
      ...(await this.accessKeys.renamed(is)),
      ...(await this.#memberships.userRenamed(was, is)),
    ]);
  }

  /** Its groups, in the order of their names. */
  async groups(
    permit: Permit<"iam:ListGroupsForUser", UserResource>,
    request: PageRequest,
  ): Promise<Page<Group>> {
    const { body } = await this.#entities.row(permit.resource);
    return pageOf(await this.#memberships.groups(body), request, ({ name }) => name);
  }

  /** The user as it is now, for what is asked about it and no user of a vault has: a password. */
  async existing(
    permit: Permit<`iam:List${string}` | `iam:${"Get" | "Delete"}LoginProfile`, UserResource>,
  ): Promise<User> {
    return (await this.#entities.row(permit.resource)).body;
  }

  delete(permit: Permit<"iam:DeleteUser", UserResource>): Promise<void> {
    return this.#entities.delete(
      permit.resource,
      ({ accessKeyIds, groupNames = [], attachedPolicies, inlinePolicies }) => {
        if (attachedPolicies.length > 0) return "detach all policies";
        if (inlinePolicies.length > 0) return "delete policies";
        if (accessKeyIds.length > 0) return "delete access keys";
        return groupNames.length > 0 ? "remove users from group" : undefined;
      },
      (user) => this.boundaries.unset(user),
    );
  }
}
