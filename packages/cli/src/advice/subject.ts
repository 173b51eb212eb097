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
  /** Who made it and looks after it, where that is none of the caller: an AWS service, as `rds`. */
  readonly keeper: string | undefined;
  /** What AWS notes of a secret: the day of the last read. null for never. */
  readonly lastAccessed: Date | null | undefined;
}

/** What environments are called, each with its other names. */
const environments: Readonly<Record<string, string>> = {
  production: "prod|production|prd|live",
  staging: "stag|staging|stage|stg",
  development: "dev|develop|development",
  test: "test|testing",
  qa: "qa",
  uat: "uat",
  local: "local",
  preview: "preview",
  sandbox: "sandbox",
  demo: "demo",
  ci: "ci",
};

/** Alone or as a part: `prod`, `eu-prod`, `staging2`. */
const forms = Object.entries(environments).map(
  ([which, names]) => [which, new RegExp(`(^|[-_.])(${names})\\d*($|[-_.])`, "i")] as const,
);

/** Which environment a part of a name stands for; undefined for none. */
function environmentIn(part: string): string | undefined {
  return forms.find(([, form]) => form.test(part))?.[0];
}

/**
 * Which environment it is of, however that is called there: where the convention has it before
 * elsewhere, since a service may be called `live-chat`.
 */
export function environmentOf({ service, name }: Reference): string | undefined {
  const parts = name.split("/");
  const usual = service === "ssm" ? parts[2] : parts[0];
  return environmentIn(usual ?? "") ?? parts.map(environmentIn).find((each) => each !== undefined);
}

/** How the name breaks the convention, and undefined where it keeps it. */
export function namingTrouble({ service, name }: Reference): string | undefined {
  const parts = name.split("/");
  const place = parts.find((part) => environmentIn(part) !== undefined);
  if (service === "ssm") {
    const [before, ...inner] = parts;
    if (before !== "" || inner.length !== 4) return "not /app/env/service/key";
    return environmentIn(inner[1] ?? "") ? undefined : whereIs(place, "second", inner[1]);
  }
  // The provider may be left out: `production/stripe/api`.
  if (parts.length < 3 || parts.length > 4) return "not env/service/provider/kind";
  return environmentIn(parts[0] ?? "") ? undefined : whereIs(place, "first", parts[0]);
}

function whereIs(found: string | undefined, place: string, part = ""): string {
  return found === undefined
    ? `its ${place} part '${part}' names no environment`
    : `its environment '${found}' is not the ${place} part`;
}
