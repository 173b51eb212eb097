/** The members that IAM's inputs are made of, as the service model declares them. */
import { validationError } from "../../errors.ts";
import { integer, list, required, string, structure } from "../../shapes/shapes.ts";
import { inOwnWords } from "./own-words.ts";

type Members = Parameters<typeof structure>[0];

/**
 * An operation's input. IAM's messages name the member that is wrong and, unlike other
 * services', never quote its value.
 */
export function input<const M extends Members>(members: M): ReturnType<typeof structure<M>> {
  const declared = structure(members);
  return {
    ...declared,
    decode(value, path, problems) {
      const found: string[] = [];
      const decoded = declared.decode(value, path, found);
      const reported = inReportedOrder(found.map(withoutValue));
      const said = reported.map(inOwnWords).find((words) => words !== undefined);
      if (said !== undefined) throw validationError(said);
      problems.push(...reported);
      return decoded;
    },
  };
}

function withoutValue(problem: string): string {
  return problem.replace(/^Value (?:null|'.*') at '(?=[^']*' failed to satisfy)/s, "Value at '");
}

/** IAM keeps its findings in a Java HashMap by the member's path, and tells them in that order. */
function inReportedOrder(problems: readonly string[]): string[] {
  const bucketOf = (problem: string) => hashBucket(/^Value at '([^']*)'/.exec(problem)?.[1] ?? "");
  return problems.toSorted((a, b) => bucketOf(a) - bucketOf(b));
}

const buckets = 16;

function hashBucket(path: string): number {
  let hash = 0;
  for (const character of path) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return (hash ^ (hash >>> 16)) & (buckets - 1);
}

const namePattern = "[\\w+=,.@-]+";

/** For a user that is created or attached to. */
export const userName = string({ min: 1, max: 64, pattern: namePattern });
export const existingUserName = string({ min: 1, max: 128, pattern: namePattern });
export const groupName = string({ min: 1, max: 128, pattern: namePattern });
export const instanceProfileName = string({ min: 1, max: 128, pattern: namePattern });
export const roleName = string({ min: 1, max: 64, pattern: namePattern });
export const policyName = string({ min: 1, max: 128, pattern: namePattern });
export const policyArn = string({ min: 20, max: 2048 });
export const accessKeyId = string({ min: 16, max: 128, pattern: "[\\w]+" });

export const policyVersionId = string({ pattern: "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?" });
export const policyUsageFilter = string({ enum: ["PermissionsPolicy", "PermissionsBoundary"] });

/** Of all but policies. */
export const path = string({
  min: 1,
  max: 512,
  pattern: "(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
});
export const pathPrefix = string({ min: 1, max: 512, pattern: "\\u002F[\\u0021-\\u007F]*" });
export const policyPath = string({ min: 1, max: 512, pattern: "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/" });

export const policyDocument = string({
  min: 1,
  max: 131_072,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+",
});

const tagCharacters = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]";

const tagKey = string({ min: 1, max: 128, pattern: `${tagCharacters}+` });

export const tags = list(
  structure({
    Key: required(tagKey),
    Value: required(string({ max: 256, pattern: `${tagCharacters}*` })),
  }),
  { max: 50 },
);

/** Of tags that are taken away. IAM also says of the keys that none may be null, which none can. */
export const tagKeys = list(
  {
    ...tagKey,
    constraints: [{ says: "Member must not be null", holds: () => true }, ...tagKey.constraints],
  },
  { max: 50 },
);

export const accountAlias = string({
  min: 3,
  max: 63,
  pattern: "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
});
export const jobId = string({ min: 36, max: 36 });
export const serviceNamespace = string({ min: 1, max: 64, pattern: "[\\w-]*" });

/** What every list takes. */
export const paging = {
  Marker: string({ min: 1, max: 320, pattern: "[\\u0020-\\u00FF]+" }),
  MaxItems: integer({ min: 1, max: 1000 }),
};

export const permissionsBoundary = string({ min: 20, max: 2048 });

export const roleDescription = string({
  max: 1000,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*",
});
export const maxSessionDuration = integer({ min: 3600, max: 43_200 });
