/**
 * Where the values of condition keys come from: the principal, the resource, the circumstances,
 * or what only the operation knows. A key is resolved to its reader when the policy is compiled;
 * its value is made only when a statement asks. Unknown keys are lawful, and absent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { foldedToSlash, type RequestContext } from "../request-context.ts";
import type { KeyValues, Principal } from "../types.ts";

export type KeyReader = (request: RequestContext) => KeyValues;

/** The reader of a key; names are compared without case. */
export function keyReader(name: string): KeyReader {
  const folded = name.toLowerCase();
  const read = requestReader(name, folded);
  return (request) => {
    const { simulatedKeys } = request.circumstances;
    return simulatedKeys === undefined ? read(request) : simulatedKeys(folded);
  };
}

function requestReader(name: string, folded: string): KeyReader {
  const reader = readers.get(folded);
  if (reader !== undefined) return reader;
  const slash = folded.indexOf("/");
  const tags = slash === -1 ? undefined : tagSets.get(folded.slice(0, slash));
  if (folded.startsWith("aws:requesttag/")) {
    const exact = foldedToSlash(name);
    return ({ operationKey }) => operationKey(exact) ?? operationKey(folded);
  }
  if (tags === undefined) return (request) => ofSession(request, folded);
  const tagKey = name.slice(slash + 1);
  return (request) => tag(tags(request), tagKey);
}

/** Keys that AWS puts into every request are here even where their value never changes. */
const readers: ReadonlyMap<string, KeyReader> = new Map<string, KeyReader>([
  ["aws:principalarn", ifInAccount((principal) => principal.roleArn ?? principal.arn)],
  ["aws:principalaccount", ifInAccount((principal) => principal.accountId)],
  ["aws:principalorgid", ifInAccount((principal) => principal.organizationId)],
  // One vault is one organization: what lies in it belongs to the caller's.
  ["aws:resourceorgid", ({ principal }) => principal.organizationId],
  ["aws:principaltype", ({ principal }) => principalTypes[principal.type]],
  ["aws:principalisawsservice", ({ principal }) => String(principal.type === "AWSService")],
  [
    "aws:principalservicename",
    ({ principal: { type, arn } }) => (type === "AWSService" ? arn : undefined),
  ],
  ["aws:userid", ifInAccount((principal) => principal.principalId)],
  ["aws:username", ({ principal }) => principal.userName],
  ["aws:resourceaccount", ({ resource }) => resource.accountId],
  ["aws:requestedregion", ({ circumstances }) => circumstances.region],
  ["aws:sourceip", ({ circumstances }) => circumstances.sourceAddress],
  ["aws:securetransport", ({ circumstances }) => String(circumstances.isSecureTransport)],
  ["aws:useragent", ({ circumstances }) => circumstances.userAgent],
  ["aws:currenttime", ({ circumstances }) => iso(circumstances.now)],
  ["aws:epochtime", ({ circumstances }) => String(Math.floor(circumstances.now / 1000))],
  ["aws:tokenissuetime", ({ principal }) => ifTemporary(principal, iso)],
  // Temporary credentials always have it, and none here were made with a second factor.
  ["aws:multifactorauthpresent", ({ principal }) => ifTemporary(principal, () => "false")],
  ["aws:viaawsservice", (request) => String(request.operationKey("kms:viaservice") !== undefined)],
]);

const principalTypes = {
  Root: "Account",
  IAMUser: "User",
  AssumedRole: "AssumedRole",
  AWSService: undefined,
  WebIdentity: undefined,
};

type Tags = Readonly<Record<string, string>>;

const resourceTags = ({ resource }: RequestContext): Tags => resource.tags;

const tagSets: ReadonlyMap<string, (request: RequestContext) => Tags> = new Map([
  ["aws:principaltag", ({ principal }: RequestContext): Tags => principal.tags],
  ["aws:resourcetag", resourceTags],
  ["secretsmanager:resourcetag", resourceTags],
  ["ssm:resourcetag", resourceTags],
  ["iam:resourcetag", resourceTags],
]);

/** Condition keys have no case and tag keys do: the exact one wins over its look-alikes. */
function tag(tags: Tags, key: string): string | undefined {
  if (Object.hasOwn(tags, key)) return tags[key];
  const folded = key.toLowerCase();
  const alike = Object.keys(tags).find((name) => name.toLowerCase() === folded);
  return alike === undefined ? undefined : tags[alike];
}

/** What the session carries, or else what only the operation knows. */
function ofSession({ principal, operationKey }: RequestContext, folded: string): KeyValues {
  const { sessionKeys } = principal;
  return Object.hasOwn(sessionKeys, folded) ? sessionKeys[folded] : operationKey(folded);
}

/** Services and web identities come from no account. */
function ifInAccount(value: (principal: Principal) => string | undefined): KeyReader {
  return ({ principal }) =>
    principal.type === "AWSService" || principal.type === "WebIdentity"
      ? undefined
      : value(principal);
}

function ifTemporary({ tokenIssuedAt }: Principal, value: (issuedAt: number) => string) {
  return tokenIssuedAt === undefined ? undefined : value(tokenIssuedAt);
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
