/**
 * What a verified token says, checked as AWS checks it: for whom it is, since when, until when, and
 * what it gives the session.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
 */
import type { JWTPayload } from "jose";
import type { SessionContext } from "../../principals/sessions/session.ts";
import { isReservedTag } from "../../principals/tagging.ts";
import { expired, missingClaim, notYetValid, rejectedClaim, wrongAudience } from "./refusals.ts";

/**
 * Issuers' clocks and this one may differ by so much. AWS takes a token so long after its end, too;
 * here one that has expired is expired.
 */
const skewSeconds = 300;

/** `now` in milliseconds since the epoch. */
export function checkTimes({ exp, nbf, iat }: JWTPayload, now: number): void {
  const seconds = Math.floor(now / 1000);
  if (!isTime(exp)) throw missingClaim("exp");
  if (!isTime(iat)) throw missingClaim("iat");
  if (exp <= seconds) throw expired(seconds, exp);
  if (nbf !== undefined && !isTime(nbf)) throw notYetValid();
  if (Math.max(nbf ?? 0, iat) > seconds + skewSeconds) throw notYetValid();
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** AWS has 255 in its reply. */
const subjectCharactersMax = 255;

export function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub !== "string" || sub === "") throw missingClaim("sub");
  if (sub.length > subjectCharactersMax) throw rejectedClaim("sub");
  return sub;
}

/** The one of the provider's client ids that the token is for; as on AWS, `azp` beats `aud`. */
export function audienceOf(claims: JWTPayload, clientIds: readonly string[]): string {
  const audience = audiencesOf(claims).find((each) => clientIds.includes(each));
  if (audience === undefined) throw wrongAudience();
  return audience;
}

function audiencesOf({ azp, aud }: JWTPayload): readonly string[] {
  if (typeof azp === "string" && azp !== "") return [azp];
  return [aud ?? []].flat().filter((each) => typeof each === "string");
}

/** What a trust policy may ask about: `<issuer>:sub`, `:aud`, `:oaud`, `:amr`, and GitHub's own. */
export function conditionKeysOf(claims: JWTPayload, issuer: string, audience: string) {
  const { sub = "", azp, aud, amr } = claims;
  const methods = [amr ?? []].flat().filter((each) => typeof each === "string");
  return {
    [`${issuer}:sub`]: sub,
    [`${issuer}:aud`]: audience,
    ...(azp !== undefined && aud !== undefined && { [`${issuer}:oaud`]: aud }),
    ...(methods.length > 0 && { [`${issuer}:amr`]: methods }),
    ...(isGitHub(issuer) && gitHubKeys(claims, issuer)),
  };
}

const gitHub = "token.actions.githubusercontent.com";

/** An enterprise may have an issuer of its own below GitHub's. */
function isGitHub(issuer: string): boolean {
  return issuer === gitHub || issuer.startsWith(`${gitHub}/`);
}

/** Of all that GitHub says of a job, AWS knows these. */
const gitHubClaims = [
  "actor",
  "actor_id",
  "enterprise_id",
  "environment",
  "job_workflow_ref",
  "ref",
  "repository",
  "repository_id",
  "workflow",
];

function gitHubKeys(claims: JWTPayload, issuer: string): Readonly<Record<string, string>> {
  const told = gitHubClaims.flatMap((name): [string, string][] => {
    const value = claims[name];
    return typeof value === "string" ? [[`${issuer}:${name}`, value]] : [];
  });
  return Object.fromEntries(told);
}

const identityClaim = "https://aws.amazon.com/source_identity";

export function sourceIdentityOf({ [identityClaim]: given }: JWTPayload): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string" && /^[\w+=,.@-]{2,64}$/.test(given)) return given;
  throw rejectedClaim(identityClaim);
}

const tagsClaim = "https://aws.amazon.com/tags";
const tagsMax = 50;
const tagKey = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const tagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/** Session tags that the issuer gives: `{ principal_tags: { Key: ["value"] }, transitive_tag_keys }`. */
export function sessionTagsOf({
  [tagsClaim]: given,
}: JWTPayload): Pick<SessionContext, "tags" | "transitiveTagKeys"> {
  if (given === undefined) return {};
  const { principal_tags, transitive_tag_keys = [] } = record(given);
  const tags = Object.entries(record(principal_tags ?? {})).map(([key, values]) => {
    const [value, ...others] = [values].flat();
    const isTag = typeof value === "string" && tagKey.test(key) && tagValue.test(value);
    if (!isTag || others.length > 0 || isReservedTag(key, value)) throw rejectedClaim(tagsClaim);
    return [key, value] as const;
  });
  const keys = new Set(tags.map(([key]) => key.toLowerCase()));
  const transitive = [transitive_tag_keys].flat();
  const isLawful =
    tags.length <= tagsMax &&
    keys.size === tags.length &&
    transitive.every((key) => typeof key === "string" && keys.has(key.toLowerCase()));
  if (!isLawful) throw rejectedClaim(tagsClaim);
  if (tags.length === 0) return {};
  return { tags: Object.fromEntries(tags), transitiveTagKeys: transitive as string[] };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw rejectedClaim(tagsClaim);
}
