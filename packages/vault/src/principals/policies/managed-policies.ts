/** Managed policies: the customer's own, and AWS's. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import type { Clock, Randomness } from "../../clock.ts";
import { retryOnConflict, type Storage } from "../../storage/storage.ts";
import { isOtherAccount } from "../accounts/account-records.ts";
import { iamArn, parseIamArn } from "../arns.ts";
import { insert } from "../creation.ts";
import type { PathResource } from "../entities/entities.ts";
import { deleteConflict, entityAlreadyExists, invalidArn } from "../errors.ts";
import { uniqueId } from "../ids.ts";
import {
  matchingRows,
  type Page,
  type PageRequest,
  pageAcross,
  pageInOrder,
  pageOf,
} from "../page.ts";
import { type ManagedPolicy, policiesTable, type Tag } from "../records.ts";
import { addedTags, removedTags, shortestFirst } from "../tagging.ts";
import { awsManagedPolicy } from "./aws-managed-policies.ts";
import { tagValues } from "./compiled-policies.ts";
import {
  awsPolicies,
  changePolicy,
  checkPolicyDocument,
  countUses,
  customerPolicy,
  existingPolicy,
  ownRow,
  type PolicyResource,
} from "./customer-policy.ts";
import { PolicyEntities } from "./policy-entities.ts";
import { PolicyVersions } from "./policy-versions.ts";
import { versionsOf } from "./versioning.ts";

/** A policy that is yet to be created, perhaps where there is one already. */
export interface PlannedPolicy extends Resource {
  readonly name: string;
  readonly path: string;
}

export interface NewPolicy {
  readonly description: string | undefined;
  readonly document: string;
  readonly tags: readonly Tag[];
}

export interface PolicyFilter {
  readonly scope: "All" | "AWS" | "Local";
  readonly isAttachedOnly: boolean;
  readonly usage: "PermissionsPolicy" | "PermissionsBoundary" | undefined;
}

const policiesPerAccount = 1500;

export class ManagedPolicies {
  readonly versions: PolicyVersions;
  readonly entities: PolicyEntities;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, clock: Clock, randomness: Randomness) {
    this.versions = new PolicyVersions(storage, clock);
    this.entities = new PolicyEntities(storage);
    this.#storage = storage;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /**
   * The policy of this ARN as an account sees it, whether or not there is one. What is of no
   * account at all is nobody else's: it is not found instead of refused.
   */
  async locate(accountId: string, arn: string): Promise<PolicyResource> {
    const parts = parseIamArn(arn);
    if (parts?.type !== "policy") throw invalidArn(arn);
    const owner = parts.accountId;
    if (owner === "aws") return { arn, accountId, tags: {}, record: awsManagedPolicy(arn) };
    if (owner !== accountId && !(await isOtherAccount(this.#storage, owner))) {
      return { arn, accountId, tags: {}, record: undefined };
    }
    const record = (await customerPolicy(this.#storage, owner, arn))?.body;
    const tags = record === undefined ? {} : tagValues(record);
    return { arn, accountId: owner, tags, record };
  }

  /** The policy that `create` will make. */
  planned(accountId: string, path: string, name: string): PlannedPolicy {
    const arn = iamArn(accountId, "policy", path, name);
    return { arn, accountId, tags: {}, name, path };
  }

  /** Where `list` looks. */
  under(accountId: string, pathPrefix: string): PathResource {
    const arn = iamArn(accountId, "policy", pathPrefix, "");
    return { arn, accountId, tags: {}, pathPrefix };
  }

  async create(
    permit: Permit<"iam:CreatePolicy", PlannedPolicy>,
    { description, document, tags }: NewPolicy,
  ): Promise<ManagedPolicy> {
    const { accountId, name, path } = permit.resource;
    checkPolicyDocument(document);
    const createdAt = this.#clock.now();
    const policy: ManagedPolicy = {
      accountId,
      name,
      uniqueId: uniqueId("ANPA", this.#randomness),
      path,
      description,
      versionId: "v1",
      document,
      tags: addedTags([], tags),
      createdAt,
      updatedAt: createdAt,
      attachmentCount: 0,
    };
    await insert(this.#storage, policiesTable, policy, {
      taken: entityAlreadyExists(
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
      ),
      quota: "PoliciesPerAccount",
      quotaMax: policiesPerAccount,
    });
    return policy;
  }

  async get(permit: Permit<"iam:GetPolicy", PolicyResource>): Promise<ManagedPolicy> {
    const { arn, accountId } = permit.resource;
    const policy = existingPolicy(permit.resource);
    if (awsManagedPolicy(arn) === undefined) {
      return { ...policy, tags: shortestFirst(policy.tags) };
    }
    return { ...policy, ...(await countUses(this.#storage, accountId))(arn) };
  }

  /** The customer's policies first, then AWS's, each in the order of their names. */
  list(
    permit: Permit<"iam:ListPolicies", PathResource>,
    filter: PolicyFilter,
    request: PageRequest,
  ): Promise<Page<ManagedPolicy>> {
    const { accountId, pathPrefix } = permit.resource;
    const matches = ({ path, attachmentCount, boundaryCount = 0 }: ManagedPolicy) =>
      path.startsWith(pathPrefix) &&
      (!filter.isAttachedOnly || attachmentCount > 0) &&
      (filter.usage !== "PermissionsPolicy" || attachmentCount > 0) &&
      (filter.usage !== "PermissionsBoundary" || boundaryCount > 0);
    const own = {
      kind: "own",
      page: (part: PageRequest) =>
        matchingRows(this.#storage, policiesTable, accountId, part, matches),
    };
    const aws = {
      kind: "aws",
      page: async (part: PageRequest) =>
        pageOf(
          (await awsPolicies(this.#storage, accountId)).filter(matches),
          part,
          ({ name }) => name,
        ),
    };
    const sources = { Local: [own], AWS: [aws], All: [own, aws] };
    return pageAcross(sources[filter.scope], request);
  }

  /** Only what is used nowhere, and has no other version, can go. */
  async delete(permit: Permit<"iam:DeletePolicy", PolicyResource>): Promise<void> {
    await retryOnConflict(async () => {
      const { key, revision: expect, body } = await ownRow(this.#storage, permit.resource);
      if (body.attachmentCount > 0 || (body.boundaryCount ?? 0) > 0) {
        throw deleteConflict("Cannot delete a policy attached to entities.");
      }
      if (versionsOf(body).length > 1) {
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      await this.#storage.commit([{ type: "delete", table: policiesTable, key, expect }]);
    });
  }

  async tag(permit: Permit<"iam:TagPolicy", PolicyResource>, tags: readonly Tag[]): Promise<void> {
    await changePolicy(this.#storage, permit.resource, (policy) => ({
      ...policy,
      tags: addedTags(policy.tags, tags),
    }));
  }

  async untag(
    permit: Permit<"iam:UntagPolicy", PolicyResource>,
    keys: readonly string[],
  ): Promise<void> {
    await changePolicy(this.#storage, permit.resource, (policy) => ({
      ...policy,
      tags: removedTags(policy.tags, keys),
    }));
  }

  listTags(permit: Permit<"iam:ListPolicyTags", PolicyResource>, request: PageRequest): Page<Tag> {
    const tags = shortestFirst(existingPolicy(permit.resource).tags);
    return pageInOrder(tags, request, ({ key }) => key);
  }
}
