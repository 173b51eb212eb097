/**
 * What PutParameter makes of a request and the parameter as it is: pure, so that every rule can
 * be tried without a store. What a request leaves out stays as it was.
 *
 * A type may change, whatever the documentation says of HierarchyTypeMismatchException: the
 * service accepts it, and Terraform's aws_ssm_parameter (which updates the type in place, in
 * acceptance tests against AWS) depends on that.
 */
import { notSupported, validationError } from "../errors.ts";
import { checkAllowedPattern } from "./allowed-pattern.ts";
import {
  advancedValueTooLarge,
  keyIdWithoutSecureString,
  nestedParameter,
  parameterAlreadyExists,
  standardValueTooLarge,
  tagsWithOverwrite,
  tierDowngrade,
  tooManyTags,
  typeRequired,
  unsupportedDataType,
} from "./errors.ts";
import type { ParameterRecord, ParameterTier, ParameterType, RequestedTier } from "./records.ts";

export interface ParameterChange {
  readonly value: string;
  readonly type?: ParameterType | undefined;
  readonly keyId?: string | undefined;
  readonly description?: string | undefined;
  readonly allowedPattern?: string | undefined;
  readonly dataType?: string | undefined;
  readonly tier?: RequestedTier | undefined;
  readonly isOverwrite: boolean;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
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
  readonly tags: Readonly<Record<string, string>>;
}

export const defaultKeyAlias = "alias/aws/ssm";
const standardBytesMax = 4096;
const advancedBytesMax = 8192;
const tagsMax = 50;

/** `isStandardFull` says that no further standard parameter may be made. */
export function draftVersion(
  previous: ParameterRecord | undefined,
  change: ParameterChange,
  isStandardFull: boolean,
): Draft {
  if (change.isOverwrite && change.tags.length > 0) throw tagsWithOverwrite();
  if (previous !== undefined && !change.isOverwrite) throw parameterAlreadyExists();

  const type = change.type ?? previous?.type;
  if (type === undefined) throw typeRequired();
  const isSecure = type === "SecureString";
  if (change.keyId !== undefined && !isSecure) throw keyIdWithoutSecureString();
  checkDataType(change.dataType);
  if (isNested(change.value)) throw nestedParameter();

  const requestedTier = change.tier ?? previous?.tier ?? "Standard";
  const tier = resolveTier(previous?.tier, requestedTier, change.value, isStandardFull);
  const allowedPattern = nonEmpty(change.allowedPattern ?? previous?.allowedPattern);
  if (allowedPattern !== undefined) checkAllowedPattern(allowedPattern, change.value, type);

  return {
    type,
    tier,
    requestedTier,
    keyId: isSecure ? (change.keyId ?? previous?.keyId ?? defaultKeyAlias) : undefined,
    description: nonEmpty(change.description ?? previous?.description),
    allowedPattern,
    tags: previous?.tags ?? taken(change.tags),
  };
}

function resolveTier(
  current: ParameterTier | undefined,
  requested: RequestedTier,
  value: string,
  isStandardFull: boolean,
): ParameterTier {
  const bytes = Buffer.byteLength(value);
  if (requested === "Standard") {
    if (current === "Advanced") throw tierDowngrade();
    if (bytes > standardBytesMax) throw standardValueTooLarge();
    return "Standard";
  }
  if (bytes > advancedBytesMax) throw advancedValueTooLarge();
  if (requested === "Advanced" || current === "Advanced") return "Advanced";
  const isNewAndFull = current === undefined && isStandardFull;
  return bytes > standardBytesMax || isNewAndFull ? "Advanced" : "Standard";
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

function taken(tags: ParameterChange["tags"]): Readonly<Record<string, string>> {
  if (tags.length > tagsMax) throw tooManyTags();
  const taken = new Map<string, string>();
  for (const { key, value } of tags) {
    if (/^aws:/i.test(key)) {
      throw validationError("aws: prefixed tag key names are not allowed for external use.");
    }
    if (taken.has(key)) throw validationError(`Duplicate tag key: ${key}`);
    taken.set(key, value);
  }
  return Object.fromEntries(taken);
}
