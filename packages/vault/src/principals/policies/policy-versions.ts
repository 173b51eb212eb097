/** What is done with a managed policy's versions. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Clock } from "../../clock.ts";
import type { Storage } from "../../storage/storage.ts";
import { policyVersionNotFound } from "../errors.ts";
import { type Page, type PageRequest, pageInOrder } from "../page.ts";
import type { ManagedPolicy, PolicyVersion } from "../records.ts";
import {
  changePolicy,
  checkPolicyDocument,
  existingPolicy,
  type PolicyResource,
} from "./customer-policy.ts";
import { versionOf, versionsOf, withDefault, withoutVersion, withVersion } from "./versioning.ts";

/** A version as IAM shows it: whether it counts is the policy's affair. */
export interface ShownVersion extends PolicyVersion {
  readonly isDefault: boolean;
}

export class PolicyVersions {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  async create(
    permit: Permit<"iam:CreatePolicyVersion", PolicyResource>,
    document: string,
    isDefault: boolean,
  ): Promise<ShownVersion> {
    checkPolicyDocument(document);
    const changed = await changePolicy(this.#storage, permit.resource, (policy) =>
      withVersion(policy, document, isDefault, this.#clock.now()),
    );
    return { ...versionOf(changed, `v${changed.lastVersion}`), isDefault };
  }

  get(permit: Permit<"iam:GetPolicyVersion", PolicyResource>, id: string): ShownVersion {
    const policy = policyWithVersions(permit.resource, id);
    return { ...versionOf(policy, id), isDefault: id === policy.versionId };
  }

  /** The newest first. */
  list(
    permit: Permit<"iam:ListPolicyVersions", PolicyResource>,
    request: PageRequest,
  ): Page<ShownVersion> {
    const policy = existingPolicy(permit.resource);
    const versions = versionsOf(policy).map((version) => ({
      ...version,
      isDefault: version.id === policy.versionId,
    }));
    return pageInOrder(versions, request, ({ id }) => id);
  }

  async setDefault(
    permit: Permit<"iam:SetDefaultPolicyVersion", PolicyResource>,
    id: string,
  ): Promise<void> {
    policyWithVersions(permit.resource, id);
    await changePolicy(this.#storage, permit.resource, (policy) => withDefault(policy, id));
  }

  async delete(
    permit: Permit<"iam:DeletePolicyVersion", PolicyResource>,
    id: string,
  ): Promise<void> {
    policyWithVersions(permit.resource, id);
    await changePolicy(this.#storage, permit.resource, (policy) => withoutVersion(policy, id));
  }
}

/** Who asks for a version is told that the version isn't there, also where the policy isn't. */
function policyWithVersions({ arn, record }: PolicyResource, id: string): ManagedPolicy {
  if (record === undefined) throw policyVersionNotFound(arn, id);
  return record;
}
