/** The members that operations of STS share, as the service model declares them. */
import { accessDenied } from "../../errors.ts";
import { integer, list, required, string, structure } from "../../shapes/shapes.ts";

export const roleArn = string({
  min: 20,
  max: 2048,
  pattern:
    "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
});

export const sessionName = string({ min: 2, max: 64, pattern: "[\\w+=,.@-]*" });

/** Of a role's session. */
export const durationSeconds = integer({ min: 900, max: 43_200 });

export const sourceIdentity = string({ min: 2, max: 64, pattern: "[\\w+=,.@-]*" });

/** The model bounds it for web identities only, the prose for all. */
export const sessionPolicy = string({
  min: 1,
  max: 2048,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
});

const policyArnsMax = 10;

export const sessionPolicyArns = list(structure({ arn: string({ min: 20, max: 2048 }) }), {
  max: policyArnsMax,
});

const tagCharacters = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]";
export const tagsMax = 50;

export const tagKey = string({ min: 1, max: 128, pattern: `${tagCharacters}+` });
export const tagValue = string({ max: 256, pattern: `${tagCharacters}*` });

export const sessionTags = list(structure({ Key: required(tagKey), Value: required(tagValue) }), {
  max: tagsMax,
});

export const transitiveTagKeys = list(tagKey, { max: tagsMax });

export const mfaSerialNumber = string({ min: 9, max: 256, pattern: "[\\w+=/:,.@-]*" });
export const mfaTokenCode = string({ min: 6, max: 6, pattern: "[\\d]*", isSensitive: true });

interface MfaMembers {
  readonly SerialNumber?: string | undefined;
  readonly TokenCode?: string | undefined;
}

/** Nobody has a multi-factor device here, so AWS's answer is that of a device nobody has. */
export function refuseMfa({ SerialNumber, TokenCode }: MfaMembers): void {
  if (SerialNumber === undefined && TokenCode === undefined) return;
  throw accessDenied(
    SerialNumber === undefined || TokenCode === undefined
      ? "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
      : "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
  );
}
