/** Parameter Store or Secrets Manager for one value, why, and what each takes a month on AWS. */
import { dollars, prices } from "../prices.ts";
import { readFields } from "../stores/fields.ts";
import type { Reference } from "../stores/reference.ts";
import { bytesOf, isText } from "../stores/value.ts";
import type { Subject } from "./subject.ts";

export interface StoreChoice {
  readonly store: Reference["service"];
  /** What speaks for it, in words. */
  readonly reasons: readonly string[];
  readonly costs: Readonly<Record<Reference["service"], Cost>>;
}

export interface Cost {
  readonly dollarsPerMonth: number;
  /** With the arithmetic. */
  readonly inWords: string;
  /** False where its value is too large for the store, or of a kind that it doesn't hold. */
  readonly isPossible: boolean;
}

export const storeNames = { ssm: "Parameter Store", secretsmanager: "Secrets Manager" } as const;

export function chooseStore(subject: Subject): StoreChoice {
  const needs = needsOfSecretsManager(subject);
  const costs = costsOf(subject);
  if (needs.length > 0) return { store: "secretsmanager", reasons: needs, costs };
  return { store: "ssm", reasons: reasonsForParameters(subject), costs };
}

/** What Parameter Store has not. */
function needsOfSecretsManager(subject: Subject): string[] {
  const { hasRotation, hasResourcePolicy, replicaRegions, value, keeper } = subject;
  const needs: string[] = [];
  if (keeper !== undefined) needs.push(`${keeper} keeps it there`);
  if (hasRotation) needs.push("it rotates on a schedule, which parameters can't");
  if (hasResourcePolicy) needs.push("a policy of its own shares it, as with other accounts");
  if (replicaRegions.length > 0) needs.push(`it is copied to ${replicaRegions.join(", ")}`);
  if (value === undefined) return needs;
  const size = bytesOf(value).length;
  if (!isText(value)) needs.push("it is binary, and parameters hold text");
  else if (size > advancedBytesMax) needs.push(`it has ${size} bytes: parameters hold 8192`);
  else if (isDatabaseLogin(value.text)) {
    needs.push("it is a database's login: Secrets Manager rotates those with the database");
  }
  return needs;
}

function reasonsForParameters({ type, value, hasParameterPolicies }: Subject): string[] {
  const size = value && bytesOf(value).length;
  const isSecret = type === "secret" || type === "SecureString";
  return [
    isSecret
      ? "nothing here uses what Secrets Manager alone has: rotation, sharing, copies in regions"
      : "plain configuration: there is nothing to rotate, and everybody may read it",
    ...(size === undefined
      ? []
      : size > standardBytesMax
        ? [`${size} bytes fit an advanced parameter`]
        : [`${size} bytes fit a standard parameter, which is free`]),
    ...(hasParameterPolicies ? ["it expires, or warns, by parameter policies"] : []),
  ];
}

const standardBytesMax = 4096;
const advancedBytesMax = 8192;

function costsOf({ value, isAdvanced, hasParameterPolicies, replicaRegions }: Subject) {
  const size = value === undefined ? 0 : bytesOf(value).length;
  const copies = 1 + replicaRegions.length;
  // One that is advanced stays so, and is paid for, until it is deleted and made anew.
  const needsAdvanced = size > standardBytesMax || hasParameterPolicies || isAdvanced;
  const secret = prices.secretPerMonth * copies;
  const parameter = needsAdvanced
    ? prices.advancedParameterPerMonth
    : prices.standardParameterPerMonth;
  const calls = (price: number) =>
    price === 0 ? "reads free" : `${dollars(price)} for each 10,000 reads`;
  const ssm: Cost = {
    dollarsPerMonth: parameter,
    inWords: needsAdvanced
      ? `1 advanced parameter × ${dollars(parameter)} = ${dollars(parameter)}, ${calls(prices.advancedParameterCallsPer10000)}`
      : `1 standard parameter × ${dollars(parameter)} = ${dollars(parameter)}, ${calls(prices.parameterCallsPer10000)}`,
    isPossible: size <= advancedBytesMax && (value === undefined || isText(value)),
  };
  const what = copies === 1 ? "1 secret" : `${copies} secrets (one a region)`;
  const secretsmanager: Cost = {
    dollarsPerMonth: secret,
    inWords: `${what} × ${dollars(prices.secretPerMonth)} = ${dollars(secret)}, ${calls(prices.secretCallsPer10000)}`,
    isPossible: true,
  };
  return { ssm, secretsmanager };
}

/** As AWS's own rotation functions have it. */
function isDatabaseLogin(text: string): boolean {
  const fields = readFields(text);
  return fields !== undefined && ["username", "password", "host"].every((name) => name in fields);
}
