/** What the host of the built-in rotators says: of its types, and of a step that went well. */
import { type Capabilities, RotatorFailed, type StepReply, type Strategy } from "./rotator.ts";
import { isSecretArn } from "./service-principal.ts";

export interface RotatorType {
  readonly type: string;
  readonly strategy: Strategy;
  readonly revokes: boolean;
  readonly metadata: Readonly<Record<string, { readonly required: boolean }>>;
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const graceDefault = 24 * units.h;
const graceMax = 365 * units.d;
const readerDaysDefault = 7;
const readerDaysMax = 90;

/** Throws RotatorFailed for what is no list of types. */
export function readTypes(reply: unknown): ReadonlyMap<string, RotatorType> {
  if (!Array.isArray(reply)) throw new RotatorFailed("The built-in rotators told no types");
  return new Map((reply as RotatorType[]).map((each) => [each.type, each]));
}

/** Why the rotator can't go by this metadata, for who gives it; undefined where it can. */
export function problemOf(
  { type, metadata: known }: RotatorType,
  metadata: Readonly<Record<string, string>>,
): string | undefined {
  const unknown = Object.keys(metadata).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) return `The type ${type} knows no metadata named ${unknown}.`;
  const isMissing = (name: string) => known[name]?.required === true && !metadata[name];
  const missing = Object.keys(known).find(isMissing);
  if (missing !== undefined) return `The type ${type} needs the metadata ${missing}.`;
  const { adminSecretArn, gracePeriod, readerDays } = metadata;
  if (adminSecretArn !== undefined && !isSecretArn(adminSecretArn)) {
    return "The metadata adminSecretArn must be the ARN of a secret.";
  }
  if (gracePeriod !== undefined && millisecondsOf(gracePeriod) === undefined) {
    return "The metadata gracePeriod must be a time such as 30m, 24h or 7d.";
  }
  if (readerDays !== undefined && daysOf(readerDays) === undefined) {
    return `The metadata readerDays must be a number from 1 to ${readerDaysMax}.`;
  }
  return undefined;
}

export function capabilitiesOf(
  { strategy, revokes }: RotatorType,
  metadata: Readonly<Record<string, string>> = {},
): Capabilities {
  return {
    strategy,
    revokes,
    testsAnyVersion: true,
    graceMilliseconds: millisecondsOf(metadata.gracePeriod) ?? graceDefault,
    readerDays: daysOf(metadata.readerDays) ?? readerDaysDefault,
  };
}

/** Of a function of the owner's, which tells nothing about itself. */
export function capabilitiesOfFunction(
  revokes: boolean,
  graceMilliseconds: number = graceDefault,
): Capabilities {
  return {
    strategy: "overlap",
    revokes,
    testsAnyVersion: revokes,
    graceMilliseconds,
    readerDays: readerDaysDefault,
  };
}

/** A function of AWS's tells nothing: whatever it gives back that isn't ours is left aside. */
export function readReply(reply: unknown): StepReply {
  if (typeof reply !== "object" || reply === null) return {};
  const { ByHand, OldKeyLivesUntil, OldKeyIsDead } = reply as Record<string, unknown>;
  const livesUntil =
    typeof OldKeyLivesUntil === "string" ? Date.parse(OldKeyLivesUntil) : Number.NaN;
  const { instructions = "" } = Object(ByHand);
  return {
    ...(Boolean(ByHand) && { byHand: { instructions: String(instructions) } }),
    ...(!Number.isNaN(livesUntil) && { oldKeyLivesUntil: livesUntil }),
    ...(OldKeyIsDead === true && { oldKeyIsDead: true }),
  };
}

/** Of a time such as 30m, 24h or 7d; undefined where it is none. */
export function millisecondsOf(text: string | undefined): number | undefined {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text ?? "") ?? [];
  if (count === undefined) return undefined;
  const milliseconds = Number(count) * units[unit as keyof typeof units];
  return milliseconds <= graceMax ? milliseconds : undefined;
}

function daysOf(text: string | undefined): number | undefined {
  const days = /^\d{1,2}$/.test(text ?? "") ? Number(text) : 0;
  return days >= 1 && days <= readerDaysMax ? days : undefined;
}
