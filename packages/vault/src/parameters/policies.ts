/**
 * Parameter policies: when an advanced parameter ends, and when its owner is told that it will end
 * or that it was left unchanged for too long. Each has one moment at which it falls due.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html
 */
import type { ParameterNoticeKind } from "../notices.ts";
import {
  incompatiblePolicies,
  invalidPolicies,
  invalidPolicyAttribute,
  policiesLimitExceeded,
  unsupportedPolicyType,
} from "./errors.ts";

export interface Policy {
  readonly type: ParameterNoticeKind;
  /** The policy's JSON as AWS shows it: the caller's, without the spaces. */
  readonly text: string;
  /** An Expiration's moment, or how long before it or after a change; milliseconds. */
  readonly milliseconds: number;
  /** The moment for which the notice was given: each is given once. */
  readonly given?: number | undefined;
}

/** What falls due by its policies, and since when it has been as it is. */
export interface Dated {
  readonly policies?: readonly Policy[] | undefined;
  readonly modifiedAt: number;
}

const policiesMax = 10;

/** The policies in a request's JSON array; none for the empty policy, which takes them away. */
export function readPolicies(text: string): readonly Policy[] {
  const given = parsed(text);
  const isRemoval = given.length === 1 && Object.keys(given[0] ?? {}).length === 0;
  if (isRemoval) return [];
  if (given.length > policiesMax) throw policiesLimitExceeded(policiesMax);
  const policies = given.map(readPolicy);
  const expirations = policies.filter(({ type }) => type === "Expiration").length;
  if (expirations > 1) throw incompatiblePolicies("There can be only one expiration policy");
  if (expirations === 0 && policies.some(({ type }) => type === "ExpirationNotification")) {
    throw incompatiblePolicies("Expiration notification policies are missing expiration policy");
  }
  return policies;
}

/** When the parameter ends, or undefined. */
export function expiresAt({ policies }: Dated): number | undefined {
  return policies?.find(({ type }) => type === "Expiration")?.milliseconds;
}

/** What has expired is gone, whether or not the sweeper came by. */
export function isExpired(dated: Dated, now: number): boolean {
  const end = expiresAt(dated);
  return end !== undefined && end <= now;
}

/** When the policy falls due. */
export function dueAt(policy: Policy, dated: Dated): number {
  if (policy.type === "Expiration") return policy.milliseconds;
  if (policy.type === "NoChangeNotification") return dated.modifiedAt + policy.milliseconds;
  return (expiresAt(dated) ?? 0) - policy.milliseconds;
}

/** The first moment at which something is to be done; undefined where nothing is. */
export function nextDue(dated: Dated): number | undefined {
  const open = (dated.policies ?? []).filter((policy) => !isGiven(policy, dated));
  return open.length === 0 ? undefined : Math.min(...open.map((policy) => dueAt(policy, dated)));
}

export function isGiven(policy: Policy, dated: Dated): boolean {
  return policy.given === dueAt(policy, dated);
}

/** AWS's PolicyStatus. What can't be told now is tried again, so that nothing ever has Failed. */
export function statusOf(policy: Policy, dated: Dated, now: number): string {
  if (isGiven(policy, dated)) return "Finished";
  return dueAt(policy, dated) <= now ? "InProgress" : "Pending";
}

type Json = Readonly<Record<string, unknown>>;

function parsed(text: string): readonly Json[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidPolicies(text);
  }
  if (!Array.isArray(value) || !value.every(isObject)) throw invalidPolicies(text);
  return value;
}

function readPolicy(policy: Json): Policy {
  const { Type, Version, Attributes } = policy;
  if (Type === undefined) throw missing("Type");
  if (!isPolicyType(Type)) throw unsupportedPolicyType(Type);
  if (Version !== "1.0") throw invalidPolicyAttribute("Unsupported policy version.");
  if (!isObject(Attributes)) throw missing("Attributes");
  only(policy, ["Type", "Version", "Attributes"]);
  only(Attributes, attributes[Type]);
  return { type: Type, text: JSON.stringify(policy), milliseconds: read[Type](Attributes) };
}

const attributes = {
  Expiration: ["Timestamp"],
  ExpirationNotification: ["Before", "Unit"],
  NoChangeNotification: ["After", "Unit"],
} as const satisfies Record<Policy["type"], readonly string[]>;

const read: Readonly<Record<Policy["type"], (attributes: Json) => number>> = {
  Expiration: ({ Timestamp }) => {
    if (Timestamp !== undefined) return instant(Timestamp);
    throw invalidPolicyAttribute("A valid Expiration policy must have an attribute of Timestamp.");
  },
  ExpirationNotification: (given) => duration(given, "Before"),
  NoChangeNotification: (given) => duration(given, "After"),
};

const units: Readonly<Record<string, number>> = { days: 86_400_000, hours: 3_600_000 };

function duration(given: Json, name: "Before" | "After"): number {
  const { [name]: count, Unit } = given;
  if (count === undefined) throw missing(name);
  if (Unit === undefined) throw missing("Unit");
  // A parameter lives for less than the 100,000 days that eight digits of hours are.
  if (!/^0*[1-9][0-9]{0,7}$/.test(String(count))) {
    throw invalidPolicyAttribute(`Attribute ${name} must be a positive integer.`);
  }
  const unit = typeof Unit === "string" ? units[Unit.toLowerCase()] : undefined;
  if (unit === undefined) throw invalidPolicyAttribute("Supported time units: DAYS HOURS");
  return Number(count) * unit;
}

/** Java's ISO_INSTANT and ISO_OFFSET_DATE_TIME: an offset may have seconds. */
const isoTime =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:Z|([+-])(\d\d):([0-5]\d)(?::([0-5]\d))?)$/;

function instant(text: unknown): number {
  const [, local = "", sign, hours, minutes, seconds] = isoTime.exec(String(text)) ?? [];
  const time = Date.parse(`${local}Z`);
  // JavaScript takes the 30th of February for the 2nd of March.
  const isThere =
    !Number.isNaN(time) && new Date(time).toISOString().startsWith(local.slice(0, 10));
  if (!isThere) throw invalidPolicyAttribute("Invalid timestamp format");
  const offset = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return time - (sign === "-" ? -offset : offset) * 1000;
}

function only(given: Json, names: readonly string[]): void {
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange === undefined) return;
  throw invalidPolicyAttribute(`Policy attribute ${strange} is not supported.`);
}

function missing(name: string) {
  return invalidPolicyAttribute(`Mandatory policy attribute ${name} is missing.`);
}

function isPolicyType(type: unknown): type is Policy["type"] {
  return typeof type === "string" && Object.hasOwn(attributes, type);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
