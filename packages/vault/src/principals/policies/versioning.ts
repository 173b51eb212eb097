/**
 * A managed policy's versions: up to five documents, one of which counts. Pure: each change gives
 * the policy as it then is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
import { ApiError } from "../../errors.ts";
import { iamArn } from "../arns.ts";
import { deleteConflict, policyVersionNotFound } from "../errors.ts";
import type { ManagedPolicy, PolicyVersion } from "../records.ts";

const versionsMax = 5;

/** The newest first. */
export function versionsOf(policy: ManagedPolicy): readonly PolicyVersion[] {
  return [defaultVersion(policy), ...(policy.otherVersions ?? [])].sort(newestFirst);
}

/** Throws IAM's error if the policy has no such version. */
export function versionOf(policy: ManagedPolicy, id: string): PolicyVersion {
  const version = versionsOf(policy).find((each) => each.id === id);
  if (version === undefined) throw policyVersionNotFound(arnOf(policy), id);
  return version;
}

/** The policy with one more version, its `lastVersion`. */
export function withVersion(
  policy: ManagedPolicy,
  document: string,
  isNewDefault: boolean,
  now: number,
): ManagedPolicy {
  const { otherVersions = [] } = policy;
  if (otherVersions.length + 1 >= versionsMax) {
    throw new ApiError(
      "LimitExceeded",
      `A managed policy can have up to ${versionsMax} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
  const lastVersion = (policy.lastVersion ?? numberOf(policy.versionId)) + 1;
  const version = { id: `v${lastVersion}`, document, createdAt: now };
  const grown: ManagedPolicy = {
    ...policy,
    defaultCreatedAt: defaultVersion(policy).createdAt,
    otherVersions: [version, ...otherVersions],
    updatedAt: now,
    lastVersion,
  };
  return isNewDefault ? withDefault(grown, version.id) : grown;
}

/** The policy whose document is that of another of its versions. */
export function withDefault(policy: ManagedPolicy, id: string): ManagedPolicy {
  const { document, createdAt } = versionOf(policy, id);
  return {
    ...policy,
    versionId: id,
    document,
    defaultCreatedAt: createdAt,
    otherVersions: versionsOf(policy).filter((version) => version.id !== id),
  };
}

/** The default version can't be taken away: it goes with the policy. */
export function withoutVersion(policy: ManagedPolicy, id: string): ManagedPolicy {
  if (versionOf(policy, id).id === policy.versionId) {
    throw deleteConflict("Cannot delete the default version of a policy.");
  }
  const others = policy.otherVersions ?? [];
  return { ...policy, otherVersions: others.filter((version) => version.id !== id) };
}

function defaultVersion(policy: ManagedPolicy): PolicyVersion {
  const { versionId, document, defaultCreatedAt, updatedAt } = policy;
  return { id: versionId, document, createdAt: defaultCreatedAt ?? updatedAt };
}

function newestFirst(a: PolicyVersion, b: PolicyVersion): number {
  return numberOf(b.id) - numberOf(a.id);
}

function numberOf(versionId: string): number {
  return Number(versionId.slice(1));
}

function arnOf({ accountId, path, name }: ManagedPolicy): string {
  return iamArn(accountId, "policy", path, name);
}
