/**
 * What PutParameter makes of a request and the parameter as it is: pure, so that every rule can
 * be tried without a store. What a request leaves out stays as it was.
 *
 * A type may change, whatever the documentation says of HierarchyTypeMismatchException: the
 * service accepts it, and Terraform's aws_ssm_parameter (which updates the type in place, in
 * acceptance tests against AWS) depends on that.
 */
import { notSupported } from "../errors.ts";
import { checkAllowedPattern } from "./allowed-pattern.ts";
import {
  advancedValueTooLarge,
  keyIdWithoutSecureString,
  nestedParameter,
  parameterAlreadyExists,
  policiesNeedAdvancedTier,
  standardValueTooLarge,
  tagsWithOverwrite,
  tierDowngrade,
  typeRequired,
  unsupportedDataType,
} from "./errors.ts";
import { type Policy, readPolicies } from "./policies.ts";
import type { ParameterRecord, ParameterTier, ParameterType, RequestedTier } from "./records.ts";
import { type Tag, type Tags, withTags } from "./tags.ts";

export interface ParameterChange {
  readonly value: string;
  readonly type?: ParameterType | undefined;
  readonly keyId?: string | undefined;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  readonly dataType?: string | undefined;
  readonly tier?: RequestedTier | undefined;
  /** A JSON array. */
  readonly policies?: string | undefined;
  readonly isOverwrite: boolean;
  readonly tags: readonly Tag[];
  /** The ARN of the caller. */
  readonly modifiedBy: string;
}

/** The next version, all but its value's seal. */
export interface Draft {
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly requestedTier: RequestedTier;
  readonly keyId: string | undefined;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly policies: readonly Policy[] | undefined;
  readonly tags: Tags;
}

/** What holds in the account and region when a parameter is written. */
export interface Circumstances {
  /** No further standard parameter may be made. */
  readonly isStandardFull: boolean;
  /** The tier of what names none. */
  readonly defaultTier: RequestedTier;
}

export const defaultKeyAlias = "alias/aws/ssm";
const standardBytesMax = 4096;
const advancedBytesMax = 8192;

export function draftVersion(
  previous: ParameterRecord | undefined,
  change: ParameterChange,
  { isStandardFull, defaultTier }: Circumstances,
): Draft {
  if (change.isOverwrite && change.tags.length > 0) throw tagsWithOverwrite();
  if (previous !== undefined && !change.isOverwrite) throw parameterAlreadyExists();

  const type = change.type ?? previous?.type;
  if (type === undefined) throw typeRequired();
  const isSecure = type === "SecureString";
  if (change.keyId !== undefined && !isSecure) throw keyIdWithoutSecureString();
  checkDataType(change.dataType);
  if (isNested(change.value)) throw nestedParameter();

  const policies = policiesAfter(previous, change);
  const requestedTier = change.tier ?? (previous?.tier === "Advanced" ? "Advanced" : defaultTier);
  const tier = resolveTier(previous?.tier, requestedTier, {
    bytes: Buffer.byteLength(change.value),
    hasPolicies: policies !== undefined,
    isStandardFull,
  });
  const allowedPattern = nonEmpty(change.allowedPattern ?? previous?.allowedPattern);
  if (allowedPattern !== undefined) checkAllowedPattern(allowedPattern, change.value, type);

  return {
    type,
    tier,
    requestedTier,
    keyId: isSecure ? (change.keyId ?? previous?.keyId ?? defaultKeyAlias) : undefined,
    description: nonEmpty(change.description ?? previous?.description),
    allowedPattern,
    policies,
    tags: previous?.tags ?? withTags({}, change.tags),
  };
}

/** Policies stay until others are sent, or the empty policy. */
function policiesAfter(previous: ParameterRecord | undefined, { policies }: ParameterChange) {
  if (policies === undefined) return previous?.policies;
  const after = readPolicies(policies);
  if (after.length === 0) return undefined;
  // A policy that is sent again has still given its notice.
  const given = new Map(previous?.policies?.map((policy) => [policy.text, policy.given]));
  return after.map((policy): Policy => ({ ...policy, given: given.get(policy.text) }));
}

interface Needs {
  readonly bytes: number;
  readonly hasPolicies: boolean;
  readonly isStandardFull: boolean;
}

function resolveTier(
  current: ParameterTier | undefined,
  requested: RequestedTier,
  { bytes, hasPolicies, isStandardFull }: Needs,
): ParameterTier {
  if (requested === "Standard") {
    if (current === "Advanced") throw tierDowngrade();
    if (hasPolicies) throw policiesNeedAdvancedTier();
    if (bytes > standardBytesMax) throw standardValueTooLarge();
    return "Standard";
  }
  if (bytes > advancedBytesMax) throw advancedValueTooLarge();
  if (requested === "Advanced" || current === "Advanced") return "Advanced";
  const isNewAndFull = current === undefined && isStandardFull;
  const isAdvanced = hasPolicies || bytes > standardBytesMax || isNewAndFull;
  return isAdvanced ? "Advanced" : "Standard";
}

function checkDataType(dataType: string | undefined): void {
  if (dataType === undefined || dataType === "text") return;
  if (dataType === "aws:ec2:image") {
    throw notSupported("DataType aws:ec2:image", "there are no Amazon Machine Images to check.");
  }
  if (dataType === "aws:ssm:integration") {
    throw notSupported("DataType aws:ssm:integration", "it has no Systems Manager integrations.");
  }
  throw unsupportedDataType(dataType);
}

function isNested(value: string): boolean {
  const start = value.indexOf("{{");
  return start >= 0 && value.includes("}}", start + 2);
}

/** An empty text is how a request takes a description or a pattern away. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
