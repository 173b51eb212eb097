/** IAM roles: who may assume one is in its trust policy, what it may do in its other policies. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { Storage } from "../../storage/storage.ts";
import { parseIamArn } from "../arns.ts";
import { serviceLinkedPath } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import type { Page, PageRequest } from "../page.ts";
import { compiledTrustPolicy } from "../policies/compiled-policies.ts";
import { TrustPolicies } from "../policies/trust-policies.ts";
import { type Role, rolesTable, type Tag } from "../records.ts";
import { Attachments } from "./attachments.ts";
import { Boundaries } from "./boundaries.ts";
import { Entities, type EntityResource, type PathResource } from "./entities.ts";
import { EntityTags } from "./entity-tags.ts";
import { InlinePolicies } from "./inline-policies.ts";

export type RoleResource = EntityResource<Role>;

export interface NewRole {
  readonly description: string | undefined;
  readonly maxSessionDurationSeconds: number;
  readonly trustPolicy: string;
  readonly boundaryArn?: string | undefined;
  readonly tags: readonly Tag[];
}

/** What is left out stays. */
export interface RoleChanges {
  readonly description?: string | undefined;
  readonly maxSessionDurationSeconds?: number | undefined;
}

const rolesPerAccount = 1000;
const inlineCharactersMax = 10_240;
const lastUsedGranularityMilliseconds = 3_600_000;

export class Roles {
  readonly inlinePolicies: InlinePolicies<Role, "Role">;
  readonly attachments: Attachments<Role, "Role">;
  readonly boundaries: Boundaries<Role, "Role">;
  readonly tags: EntityTags<Role, "Role">;
  readonly #entities: Entities<Role>;
  readonly #trustPolicies: TrustPolicies;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, clock: Clock, randomness: Randomness) {
    this.#entities = new Entities(storage, rolesTable, "role", rolesPerAccount);
    this.inlinePolicies = new InlinePolicies(this.#entities, inlineCharactersMax);
    this.attachments = new Attachments(storage, this.#entities);
    this.boundaries = new Boundaries(storage, this.#entities);
    this.tags = new EntityTags(this.#entities, (key) => key.toLowerCase());
    this.#trustPolicies = new TrustPolicies(storage);
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** The role as a request names it, whether or not there is one. */
  locate(accountId: string, name: string): Promise<RoleResource> {
    return this.#entities.locate(accountId, name);
  }

  /** The role that `create` will make. */
  planned(accountId: string, path: string, name: string): RoleResource {
    return this.#entities.planned(accountId, path, name);
  }

  /** Where `list` looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    return this.#entities.under(accountId, pathPrefix);
  }

  /**
   * The role for `sts:AssumeRole`, which its trust policy must allow. An ARN that isn't exactly a
   * role's is trusted by nobody, so the caller can't tell what exists from what doesn't.
   */
  async locateForSession(arn: string): Promise<RoleResource> {
    const named = parseIamArn(arn);
    const accountId = named?.accountId ?? "";
    const located = named?.type === "role" && (await this.locate(accountId, named.name));
    if (!located || located.arn !== arn || located.row === undefined) {
      const nobody = { tags: {}, name: "", path: "/", row: undefined, isPolicyRequired: true };
      return { arn, accountId, ...nobody };
    }
    return { ...located, policy: compiledTrustPolicy(located.row.body), isPolicyRequired: true };
  }

  async create(
    permit: Permit<"iam:CreateRole", RoleResource>,
    { description, maxSessionDurationSeconds, trustPolicy, boundaryArn, tags }: NewRole,
  ): Promise<Role> {
    const { accountId, path, name } = permit.resource;
    if (path.startsWith("/aws-service-role/")) throw serviceLinkedPath();
    const trustedIds = await this.#trustPolicies.bind(trustPolicy);
    const role: Role = {
      kind: "role",
      accountId,
      name,
      uniqueId: uniqueId("AROA", this.#randomness),
      path,
      createdAt: this.#clock.now(),
      description,
      maxSessionDurationSeconds,
      lastUsed: undefined,
      trustPolicy,
      trustedIds,
      tags,
      inlinePolicies: [],
      attachedPolicies: [],
      boundaryArn,
      instanceProfileNames: [],
    };
    await this.#entities.insert(role, () => this.boundaries.set(accountId, boundaryArn));
    return role;
  }

  async get(permit: Permit<"iam:GetRole", RoleResource>): Promise<Role> {
    return this.#trustPolicies.shown((await this.#entities.row(permit.resource)).body);
  }

  async list(
    permit: Permit<"iam:ListRoles", PathResource>,
    request: PageRequest,
  ): Promise<Page<Role>> {
    const { accountId, pathPrefix } = permit.resource;
    const { items, next } = await this.#entities.list(accountId, pathPrefix, request);
    return { items: await Promise.all(items.map((role) => this.#trustPolicies.shown(role))), next };
  }

  async update(
    permit: Permit<"iam:UpdateRole" | "iam:UpdateRoleDescription", RoleResource>,
    changes: RoleChanges,
  ): Promise<Role> {
    await this.#entities.update(permit.resource, (role) => ({
      entity: {
        ...role,
        description: changes.description ?? role.description,
        maxSessionDurationSeconds:
          changes.maxSessionDurationSeconds ?? role.maxSessionDurationSeconds,
      },
    }));
    return this.#trustPolicies.shown((await this.#entities.row(permit.resource)).body);
  }

  updateTrustPolicy(
    permit: Permit<"iam:UpdateAssumeRolePolicy", RoleResource>,
    trustPolicy: string,
  ): Promise<void> {
    return this.#entities.update(permit.resource, async (role) => {
      const trustedIds = await this.#trustPolicies.bind(trustPolicy);
      return { entity: { ...role, trustPolicy, trustedIds } };
    });
  }

  /** Remembers, once an hour, that the role is in use: RoleLastUsed. */
  noteUse(
    permit: Permit<"sts:AssumeRole" | "sts:AssumeRoleWithWebIdentity", RoleResource>,
    region: string,
  ): Promise<void> {
    const time = this.#clock.now();
    return this.#entities.update(permit.resource, (role) =>
      role.lastUsed !== undefined && time - role.lastUsed.time < lastUsedGranularityMilliseconds
        ? undefined
        : { entity: { ...role, lastUsed: { time, region } } },
    );
  }

  delete(permit: Permit<"iam:DeleteRole", RoleResource>): Promise<void> {
    return this.#entities.delete(
      permit.resource,
      ({ instanceProfileNames = [], attachedPolicies, inlinePolicies }) => {
        if (instanceProfileNames.length > 0) return "remove roles from instance profile";
        if (attachedPolicies.length > 0) return "detach all policies";
        return inlinePolicies.length > 0 ? "delete policies" : undefined;
      },
      (role) => this.boundaries.unset(role),
    );
  }
}
