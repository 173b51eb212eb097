/**
 * What a secret or a parameter is called as a variable: one rule, which docs/guides/env-files.md
 * states for people. `/myapp/production/stripe/api_key` is STRIPE_API_KEY.
 */
import type { Reference } from "../stores/reference.ts";

/** The importer's folders for what belongs to no provider: they are no part of a variable's name. */
const folderOfNone = /^(app|config)\//;

/** Names are `/app/environment/…` and `environment/…`: those parts don't tell what it is. */
const leadingParts = { ssm: 2, secretsmanager: 1 } as const;

export function variableOf({ service, name, field }: Reference): string {
  if (field !== undefined && isVariable(field)) return field;
  const parts = name.split("/").filter((part) => part !== "");
  const rest = parts.slice(Math.min(leadingParts[service], parts.length - 1)).join("/");
  return variableName(field === undefined ? rest : `${rest}/${field}`);
}

/** Of a parameter that was found below a path: the path is no part of it. */
export function variableBelow(path: string, name: string): string {
  return variableName(name.slice(path.length));
}

/** Words by `_`, in capitals: `stripe/api-key` and `stripe.apiKey` are STRIPE_API_KEY. */
export function variableName(name: string): string {
  const words = name
    .replace(/^\/+/, "")
    .replace(folderOfNone, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")
    .toUpperCase();
  return /^\d/.test(words) ? `_${words}` : words;
}

/** As every shell and program takes it, and in capitals, as a field that was named for one. */
function isVariable(field: string): boolean {
  return /^[A-Z_][A-Z0-9_]*$/.test(field);
}
