/** The members that operations of STS share, as the service model declares them. */
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
