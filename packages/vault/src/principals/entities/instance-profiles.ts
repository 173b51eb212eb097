/** Instance profiles: what an EC2 instance is given so that it may be the role inside. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { Storage } from "../../storage/storage.ts";
import { entityNotFound, noSuchEntity, quotaExceeded } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import { TrustPolicies } from "../policies/trust-policies.ts";
import {
  type InstanceProfile,
  instanceProfilesTable,
  type Role,
  rolesTable,
  rowKey,
  type Tag,
} from "../records.ts";
import { Entities, type EntityResource, type PathResource } from "./entities.ts";
import { EntityTags } from "./entity-tags.ts";
import type { RoleResource } from "./roles.ts";

export type InstanceProfileResource = EntityResource<InstanceProfile>;

/** A profile as IAM shows it, with the role in full. */
export interface ShownProfile {
  readonly profile: InstanceProfile;
  readonly role: Role | undefined;
}

const profilesPerAccount = 1000;

export class InstanceProfiles {
  readonly tags: EntityTags<InstanceProfile, "InstanceProfile">;
  readonly #storage: Storage;
  readonly #entities: Entities<InstanceProfile>;
  readonly #trustPolicies: TrustPolicies;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, clock: Clock, randomness: Randomness) {
    this.#storage = storage;
    this.#entities = new Entities(
      storage,
      instanceProfilesTable,
      "instance-profile",
      profilesPerAccount,
    );
    this.tags = new EntityTags(this.#entities);
    this.#trustPolicies = new TrustPolicies(storage);
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** The profile as a request names it, whether or not there is one. */
  locate(accountId: string, name: string): Promise<InstanceProfileResource> {
    return this.#entities.locate(accountId, name);
  }

  /** The profile that `create` will make. */
  planned(accountId: string, path: string, name: string): InstanceProfileResource {
    return this.#entities.planned(accountId, path, name);
  }

  /** Where `list` looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    return this.#entities.under(accountId, pathPrefix);
  }

  async create(
    permit: Permit<"iam:CreateInstanceProfile", InstanceProfileResource>,
    tags: readonly Tag[],
  ): Promise<InstanceProfile> {
    const { accountId, path, name } = permit.resource;
    const profile: InstanceProfile = {
      kind: "instance-profile",
      accountId,
      name,
      uniqueId: uniqueId("AIPA", this.#randomness),
      path,
      createdAt: this.#clock.now(),
      tags,
      roleName: undefined,
    };
    await this.#entities.insert(profile);
    return profile;
  }

  async get(
    permit: Permit<"iam:GetInstanceProfile", InstanceProfileResource>,
  ): Promise<ShownProfile> {
    return this.#shown((await this.#entities.row(permit.resource)).body);
  }

  async list(
    permit: Permit<"iam:ListInstanceProfiles", PathResource>,
    request: PageRequest,
  ): Promise<Page<ShownProfile>> {
    const { accountId, pathPrefix } = permit.resource;
    const page = await this.#entities.list(accountId, pathPrefix, request);
    return this.#shownPage(page);
  }

  async listForRole(
    { resource }: Permit<"iam:ListInstanceProfilesForRole", RoleResource>,
    request: PageRequest,
  ): Promise<Page<ShownProfile>> {
    const { accountId, name, row } = resource;
    if (row === undefined) throw entityNotFound("role", name);
    const profiles = await this.#entities.named(accountId, row.body.instanceProfileNames ?? []);
    return this.#shownPage(pageOf(profiles, request, (profile) => profile.name));
  }

  /** A profile has one role at most: the very one that may be passed. */
  addRole(
    permit: Permit<"iam:AddRoleToInstanceProfile", InstanceProfileResource>,
    { resource: passed }: Permit<"iam:PassRole", RoleResource>,
  ): Promise<void> {
    return this.#changeRole(permit.resource, passed.name, (profile, role) => {
      if (role.uniqueId !== passed.row?.body.uniqueId) throw entityNotFound("role", passed.name);
      if (profile.roleName !== undefined) {
        throw quotaExceeded("InstanceSessionsPerInstanceProfile", 1);
      }
      const names = [...(role.instanceProfileNames ?? []), profile.name].sort();
      return [
        { ...profile, roleName: role.name },
        { ...role, instanceProfileNames: names },
      ];
    });
  }

  removeRole(
    permit: Permit<"iam:RemoveRoleFromInstanceProfile", InstanceProfileResource>,
    roleName: string,
  ): Promise<void> {
    return this.#changeRole(permit.resource, roleName, (profile, role) => {
      if (profile.roleName !== role.name) {
        throw noSuchEntity(`Role ${roleName} in Instance Profile ${profile.name}`);
      }
      const names = (role.instanceProfileNames ?? []).filter((name) => name !== profile.name);
      return [
        { ...profile, roleName: undefined },
        { ...role, instanceProfileNames: names },
      ];
    });
  }

  delete(permit: Permit<"iam:DeleteInstanceProfile", InstanceProfileResource>): Promise<void> {
    return this.#entities.delete(permit.resource, ({ roleName }) =>
      roleName === undefined ? undefined : "remove roles from instance profile",
    );
  }

  #changeRole(
    resource: InstanceProfileResource,
    roleName: string,
    change: (profile: InstanceProfile, role: Role) => readonly [InstanceProfile, Role],
  ): Promise<void> {
    return this.#entities.update(resource, async (profile) => {
      const row = await this.#storage.get(rolesTable, rowKey(resource.accountId, roleName));
      if (row === undefined) throw entityNotFound("role", roleName);
      const [entity, role] = change(profile, row.body);
      const { key, revision: expect } = row;
      return {
        entity,
        alongside: [{ type: "put", table: rolesTable, key, body: role, expect }],
      };
    });
  }

  async #shownPage({ items, next }: Page<InstanceProfile>): Promise<Page<ShownProfile>> {
    return { items: await Promise.all(items.map((profile) => this.#shown(profile))), next };
  }

  async #shown(profile: InstanceProfile): Promise<ShownProfile> {
    if (profile.roleName === undefined) return { profile, role: undefined };
    const row = await this.#storage.get(rolesTable, rowKey(profile.accountId, profile.roleName));
    return { profile, role: row && (await this.#trustPolicies.shown(row.body)) };
  }
}
