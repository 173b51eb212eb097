/** Managed policies: the customer's own, and AWS's. */
import type { Permit } from "../authorization/authorize.ts";
import { compilePolicy } from "../authorization/compile.ts";
import type { Resource } from "../authorization/types.ts";
import type { Clock, Randomness } from "../clock.ts";
import { retryOnConflict, type Storage } from "../storage/storage.ts";
import { iamArn, parseIamArn } from "./arns.ts";
import { awsManagedPolicies, awsManagedPolicy } from "./aws-managed-policies.ts";
import { tagValues } from "./compiled-policies.ts";
import { insert } from "./creation.ts";
import { countAttachments, customerPolicy } from "./customer-policy.ts";
import type { PathResource } from "./entities.ts";
import {
  deleteConflict,
  entityAlreadyExists,
  invalidArn,
  policyNotFound,
  policyOutsideAccount,
  policyVersionNotFound,
  quotaExceeded,
} from "./errors.ts";
import { uniqueId } from "./ids.ts";
import { matchingRows, type Page, type PageRequest, pageOf } from "./page.ts";
import { policySize } from "./policy-size.ts";
import { type ManagedPolicy, policiesTable, type Tag } from "./records.ts";

/** A policy as a request names it. Whether it exists is told only to who may know. */
export interface PolicyResource extends Resource {
  readonly record: ManagedPolicy | undefined;
}

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
}

const documentCharactersMax = 6144;
const policiesPerAccount = 1500;
/** Marks a position among AWS's policies: no name has a colon. */
const awsPosition = "aws:";

export class ManagedPolicies {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, clock: Clock, randomness: Randomness) {
    this.#storage = storage;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** The policy of this ARN as an account sees it, whether or not there is one. */
  async locate(accountId: string, arn: string): Promise<PolicyResource> {
    const parts = parseIamArn(arn);
    if (parts?.type !== "policy") throw invalidArn(arn);
    const owner = parts.accountId;
    if (owner === "aws") return { arn, accountId, tags: {}, record: awsManagedPolicy(arn) };
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
    compilePolicy(document, "identity");
    if (policySize(document) > documentCharactersMax) {
      throw quotaExceeded("PolicySize", documentCharactersMax);
    }
    const createdAt = this.#clock.now();
    const policy: ManagedPolicy = {
      accountId,
      name,
      uniqueId: uniqueId("ANPA", this.#randomness),
      path,
      description,
      versionId: "v1",
      document,
      tags,
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
    const { arn, accountId, record } = permit.resource;
    if (record === undefined) throw policyNotFound(arn);
    if (awsManagedPolicy(arn) === undefined) return record;
    const counts = await countAttachments(this.#storage, accountId);
    return { ...record, attachmentCount: counts.get(arn) ?? 0 };
  }

  /** The policy with its document, if `versionId` is its default version. */
  async getVersion(
    permit: Permit<"iam:GetPolicyVersion", PolicyResource>,
    versionId: string,
  ): Promise<ManagedPolicy> {
    const { arn, record } = permit.resource;
    if (record?.versionId !== versionId) throw policyVersionNotFound(arn, versionId);
    return record;
  }

  /** The customer's policies first, then AWS's, each in the order of their names. */
  async list(
    permit: Permit<"iam:ListPolicies", PathResource>,
    filter: PolicyFilter,
    request: PageRequest,
  ): Promise<Page<ManagedPolicy>> {
    const { accountId, pathPrefix } = permit.resource;
    const matches = (policy: ManagedPolicy) =>
      policy.path.startsWith(pathPrefix) && (!filter.isAttachedOnly || policy.attachmentCount > 0);
    const { after } = request;
    const isAmongAws = after?.startsWith(awsPosition) === true;
    const own =
      filter.scope === "AWS" || isAmongAws
        ? { items: [], next: undefined }
        : await matchingRows(this.#storage, policiesTable, accountId, request, matches);
    if (own.next !== undefined || filter.scope === "Local") return own;
    const aws = pageOf(
      (await this.#awsPolicies(accountId)).filter(matches),
      {
        after: isAmongAws ? after.slice(awsPosition.length) : undefined,
        limit: request.limit - own.items.length,
      },
      ({ name }) => name,
    );
    return {
      items: [...own.items, ...aws.items],
      next: aws.next === undefined ? undefined : awsPosition + aws.next,
    };
  }

  /** Only what is attached nowhere can go. */
  async delete(permit: Permit<"iam:DeletePolicy", PolicyResource>): Promise<void> {
    const { arn, accountId } = permit.resource;
    if (awsManagedPolicy(arn) !== undefined) throw policyOutsideAccount();
    await retryOnConflict(async () => {
      const row = await customerPolicy(this.#storage, accountId, arn);
      if (row === undefined || row.body.uniqueId !== permit.resource.record?.uniqueId) {
        throw policyNotFound(arn);
      }
      if (row.body.attachmentCount > 0) {
        throw deleteConflict("Cannot delete a policy attached to entities.");
      }
      const { key, revision: expect } = row;
      await this.#storage.commit([{ type: "delete", table: policiesTable, key, expect }]);
    });
  }

  async #awsPolicies(accountId: string): Promise<readonly ManagedPolicy[]> {
    const counts = await countAttachments(this.#storage, accountId);
    return awsManagedPolicies.map((policy) => ({
      ...policy,
      attachmentCount: counts.get(iamArn("aws", "policy", policy.path, policy.name)) ?? 0,
    }));
  }
}
