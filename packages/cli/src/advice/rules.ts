/**
 * What advice looks for, a rule a name. The names are for programs: they stay. No finding holds
 * anything of a value.
 */
import { judge } from "../key-shapes/judge.ts";
import { dollars } from "../prices.ts";
import { fieldText, readFields } from "../stores/fields.ts";
import { printed } from "../stores/reference.ts";
import { isText } from "../stores/value.ts";
import { chooseStore, storeNames } from "./store-choice.ts";
import { environmentOf, namingTrouble, type Subject } from "./subject.ts";

export const rules = [
  "plain-text-secret",
  "same-value",
  "no-owner",
  "naming",
  "never-read",
  "never-rotated",
  "other-store",
] as const;

export interface Finding {
  readonly rule: (typeof rules)[number];
  readonly reference: string;
  readonly says: string;
  /** What to do about it. */
  readonly hint: string;
}

export interface Circumstances {
  readonly now: Date;
  /** What is younger may be unread and unrotated. */
  readonly days: number;
  /** Whether the trail of so many days has a read of it; `unknown` where it can't tell. */
  lastRead(subject: Subject): "read" | "unread" | "unknown";
}

/** By rule, then as the subjects come. */
export function findingsOf(subjects: readonly Subject[], around: Circumstances): Finding[] {
  const found = [...subjects.flatMap((each) => ofOne(each, around)), ...sameValues(subjects)];
  return found.toSorted((one, other) => rules.indexOf(one.rule) - rules.indexOf(other.rule));
}

function ofOne(subject: Subject, around: Circumstances): Finding[] {
  const { reference, owner } = subject;
  const typed = printed(reference);
  const finding = (rule: Finding["rule"], says: string | undefined, hint: string): Finding[] =>
    says === undefined ? [] : [{ rule, reference: typed, says, hint }];
  // Its name, its owner and its value are that one's business.
  if (subject.keeper !== undefined) {
    return finding("never-read", unread(subject, around), `see whether ${subject.keeper} needs it`);
  }
  const nameHint = `give it a name by the convention: claviger mv ${typed} NEW`;
  return [
    ...finding(
      "plain-text-secret",
      plainTextSecret(subject),
      `anybody who may read it in the clear has it: claviger put ${typed} --type SecureString, and rotate it`,
    ),
    ...finding(
      "no-owner",
      owner === null ? "nobody answers for it: it has no tag owner" : undefined,
      `claviger tag ${typed} owner=TEAM`,
    ),
    ...finding("naming", namingTrouble(reference), nameHint),
    ...finding("never-read", unread(subject, around), `if nobody needs it: claviger rm ${typed}`),
    ...finding(
      "never-rotated",
      unrotated(subject, around),
      `give it a new value from its provider: claviger put ${typed}`,
    ),
    ...otherStore(subject),
  ];
}

function plainTextSecret({ reference, type, value }: Subject): string | undefined {
  if (!type.startsWith("String") || value === undefined || !isText(value)) return undefined;
  const { isSecret, isDoubtful, what, why } = judge(lastPart(reference.name), value.text);
  if (!isSecret || isDoubtful) return undefined;
  return `a ${type} that looks like a ${what}${what === "secret" ? `: ${why}` : ""}`;
}

function unread(subject: Subject, { now, days, lastRead }: Circumstances): string | undefined {
  const { lastAccessed } = subject;
  if (ageInDays(subject.writtenAt, now) < days) return undefined;
  if (lastAccessed === null) return "never read";
  const read = lastRead(subject);
  if (read === "unread")
    return days === 0 ? "the trail has no read of it" : `not read in the last ${days} days`;
  const isLongAgo = lastAccessed !== undefined && ageInDays(lastAccessed, now) > days;
  return read === "unknown" && isLongAgo
    ? `not read since ${lastAccessed.toISOString().slice(0, 10)}`
    : undefined;
}

function unrotated(subject: Subject, { now, days }: Circumstances): string | undefined {
  const isSecret = subject.type === "secret" || subject.type === "SecureString";
  const age = ageInDays(subject.writtenAt, now);
  if (!isSecret || !subject.isFirstValue || subject.hasRotation || age < days) return undefined;
  return `its value is still its first, ${age} days old`;
}

/** -1 where nobody knows. */
function ageInDays(date: Date | undefined, now: Date): number {
  return date === undefined ? -1 : Math.floor((now.getTime() - date.getTime()) / 86_400_000);
}

function otherStore(subject: Subject): Finding[] {
  const { service } = subject.reference;
  const { store, reasons, costs } = chooseStore(subject);
  // Whoever can't see the value or the policy can't tell what it needs.
  const isKnown = subject.value !== undefined && subject.hasResourcePolicy !== undefined;
  if (store === service || !isKnown) return [];
  const typed = printed(subject.reference);
  const saving = costs[service].dollarsPerMonth - costs[store].dollarsPerMonth;
  const money = saving > 0 ? `, and saves ${dollars(saving)} a month` : "";
  return [
    {
      rule: "other-store",
      reference: typed,
      says: `${storeNames[store]} suits it better${money}: ${reasons[0]}`,
      hint: `see both: claviger advise ${typed}`,
    },
  ];
}

/** A secret that is the same in two environments: who leaks the one has leaked the other. */
function sameValues(subjects: readonly Subject[]): Finding[] {
  const places = new Map<string, Map<string, string>>();
  for (const subject of subjects) {
    const environment = environmentOf(subject.reference);
    if (environment === undefined) continue;
    for (const [reference, text] of secretsIn(subject)) {
      const found = places.get(text) ?? new Map<string, string>();
      places.set(text, found.set(reference, environment));
    }
  }
  return [...places.values()].flatMap((found) => {
    if (new Set(found.values()).size < 2) return [];
    return [...found].map(([reference, environment]): Finding => {
      const others = [...found].flatMap(([other, its]) => (its === environment ? [] : [other]));
      return {
        rule: "same-value",
        reference,
        says: `the same value as in another environment: ${others.join(", ")}`,
        hint: "ask the provider for a key for each environment",
      };
    });
  });
}

const charactersMin = 8;

/** What is secret of it: the whole, or the fields of JSON. */
function secretsIn({ reference, type, value }: Subject): (readonly [string, string])[] {
  if (value === undefined || !isText(value)) return [];
  const fields = type === "secret" ? readFields(value.text) : undefined;
  const all =
    fields === undefined
      ? [[printed(reference), lastPart(reference.name), value.text] as const]
      : Object.keys(fields).map((field) => {
          return [printed({ ...reference, field }), field, fieldText(fields, field) ?? ""] as const;
        });
  return all.flatMap(([where, name, text]) =>
    text.length >= charactersMin && judge(name, text).isSecret ? [[where, text] as const] : [],
  );
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
