/** A secret or a parameter as advice looks at it. What could not be looked at is undefined. */
import type { Reference } from "../stores/reference.ts";
import type { Value } from "../stores/value.ts";

export interface Subject {
  readonly reference: Reference;
  readonly arn: string;
  /** `secret`, or the parameter's type. */
  readonly type: string;
  /** Of a parameter. */
  readonly isAdvanced: boolean;
  /** Whether it was made with an expiry or other policies, which advanced parameters alone have. */
  readonly hasParameterPolicies: boolean;
  /** null where it has none. */
  readonly owner: string | null | undefined;
  readonly value: Value | undefined;
  /** When its current value was written, as far as AWS tells. */
  readonly writtenAt: Date | undefined;
  /** Whether it never had another value. */
  readonly isFirstValue: boolean;
  readonly hasRotation: boolean;
  /** Other accounts, services or principals that its own policy names; a secret's alone. */
  readonly hasResourcePolicy: boolean | undefined;
  /** Regions that it is copied to. */
  readonly replicaRegions: readonly string[];
  /** What AWS notes of a secret: the day of the last read. null for never. */
  readonly lastAccessed: Date | null | undefined;
}

/** What environments are called, alone or as a part: `prod`, `eu-prod`, `staging2`. */
const environment =
  /(^|[-_.])(prod|production|prd|live|stag|staging|stage|stg|dev|develop|development|test|testing|qa|uat|local|preview|sandbox|demo|ci)\d*($|[-_.])/i;

/** The part of the name that says its environment; undefined where none does. */
export function environmentOf({ name }: Pick<Reference, "name">): string | undefined {
  return name.split("/").find((part) => environment.test(part));
}

/** How the name breaks the convention, and undefined where it keeps it. */
export function namingTrouble({ service, name }: Reference): string | undefined {
  const parts = name.split("/");
  const place = environmentOf({ name });
  if (service === "ssm") {
    const [before, ...inner] = parts;
    if (before !== "" || inner.length !== 4) return "not /app/env/service/key";
    return environment.test(inner[1] ?? "") ? undefined : whereIs(place, "second", inner[1]);
  }
  // The provider may be left out: `production/stripe/api`.
  if (parts.length < 3 || parts.length > 4) return "not env/service/provider/kind";
  return environment.test(parts[0] ?? "") ? undefined : whereIs(place, "first", parts[0]);
}

function whereIs(found: string | undefined, place: string, part = ""): string {
  return found === undefined
    ? `its ${place} part '${part}' names no environment`
    : `its environment '${found}' is not the ${place} part`;
}
