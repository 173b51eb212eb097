/** IAM groups: users who share policies. A group is no principal and has no tags. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { Storage } from "../../storage/storage.ts";
import { uniqueId } from "../ids.ts";
import type { Page, PageRequest } from "../page.ts";
import { type Group, groupsTable } from "../records.ts";
import { Attachments } from "./attachments.ts";
import { Entities, type EntityResource, type PathResource, type Rename } from "./entities.ts";
import { InlinePolicies } from "./inline-policies.ts";
import { Memberships } from "./memberships.ts";

export type GroupResource = EntityResource<Group>;

const groupsPerAccount = 300;
const inlineCharactersMax = 5120;

export class Groups {
  readonly inlinePolicies: InlinePolicies<Group, "Group">;
  readonly attachments: Attachments<Group, "Group">;
  readonly memberships: Memberships;
  readonly #entities: Entities<Group>;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, clock: Clock, randomness: Randomness) {
    this.#entities = new Entities(storage, groupsTable, "group", groupsPerAccount);
    this.inlinePolicies = new InlinePolicies(this.#entities, inlineCharactersMax);
    this.attachments = new Attachments(storage, this.#entities);
    this.memberships = new Memberships(storage);
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** The group as a request names it, whether or not there is one. */
  locate(accountId: string, name: string): Promise<GroupResource> {
    return this.#entities.locate(accountId, name);
  }

  /** The group that `create` will make. */
  planned(accountId: string, path: string, name: string): GroupResource {
    return this.#entities.planned(accountId, path, name);
  }

  /** The group that `rename` will make of it. */
  renamed(group: GroupResource, rename: Rename): GroupResource {
    return this.#entities.renamed(group, rename);
  }

  /** Where `list` looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    return this.#entities.under(accountId, pathPrefix);
  }

  async create(permit: Permit<"iam:CreateGroup", GroupResource>): Promise<Group> {
    const { accountId, path, name } = permit.resource;
    const group: Group = {
      kind: "group",
      accountId,
      name,
      uniqueId: uniqueId("AGPA", this.#randomness),
      path,
      createdAt: this.#clock.now(),
      inlinePolicies: [],
      attachedPolicies: [],
      memberCount: 0,
    };
    await this.#entities.insert(group);
    return group;
  }

  async get(permit: Permit<"iam:GetGroup", GroupResource>): Promise<Group> {
    return (await this.#entities.row(permit.resource)).body;
  }

  list(permit: Permit<"iam:ListGroups", PathResource>, request: PageRequest): Promise<Page<Group>> {
    const { accountId, pathPrefix } = permit.resource;
    return this.#entities.list(accountId, pathPrefix, request);
  }

  /** Its members and policies stay. */
  rename(
    from: Permit<"iam:UpdateGroup", GroupResource>,
    to: Permit<"iam:UpdateGroup", GroupResource>,
  ): Promise<void> {
    return this.#entities.rename(from.resource, to.resource, (was, is) =>
      this.memberships.groupRenamed(was, is),
    );
  }

  delete(permit: Permit<"iam:DeleteGroup", GroupResource>): Promise<void> {
    return this.#entities.delete(permit.resource, (group) => {
      if (group.memberCount > 0) return "remove users from group";
      if (group.attachedPolicies.length > 0) return "detach all policies";
      return group.inlinePolicies.length > 0 ? "delete policies" : undefined;
    });
  }
}
