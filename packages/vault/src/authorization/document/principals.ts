/** The Principal element: `"*"`, or an object of AWS, Service and Federated principals. */
import type { NamedPrincipal } from "./document.ts";
import { malformed } from "./malformed.ts";
import { isObject, stringsOf } from "./statement.ts";

/** Throws MalformedPolicyDocument where a principal can't exist. */
export function readPrincipals(
  value: unknown,
  kind: "resource" | "trust",
): readonly NamedPrincipal[] {
  if (value === undefined) throw malformed("Missing required field Principal");
  if (value === "*") return [{ type: "AWS", value }];
  if (!isObject(value)) throw malformed("Principal must be a JSON object.");
  const principals = Object.entries(value).flatMap(([type, given]) => namedBy(type, given, kind));
  if (principals.length === 0) {
    throw malformed("Missing required field Principal cannot be empty!");
  }
  return principals;
}

function namedBy(type: string, given: unknown, kind: "resource" | "trust"): NamedPrincipal[] {
  if (!isPrincipalType(type)) throw malformed(`Invalid principal in policy: "${type}"`);
  const values = stringsOf(given);
  if (values === undefined) throw malformed("Syntax error in policy.");
  return values.map((value) => {
    const isId = type === "AWS" && kind === "resource" && uniqueId.test(value);
    if (isId || forms[type].test(value)) return { type, value };
    throw malformed(`Invalid principal in policy: "${type.toUpperCase()}":"${value}"`);
  });
}

/** Wildcards stand for everyone or for nothing: AWS has none inside a principal's name. */
const forms = {
  AWS: /^(?:\*|\d{12}|arn:aws:iam::\d{12}:(?:root|(?:user|role)\/[^*?]+)|arn:aws:sts::\d{12}:(?:assumed-role\/[^/*?]+|federated-user)\/[^/*?]+)$/,
  Service: /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/,
  Federated:
    /^(?:arn:aws:iam::\d{12}:(?:oidc-provider|saml-provider)\/[^*?]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/,
} as const;

/**
 * Of a user or role. In a trust policy IAM shows the ids of those that are gone, and takes none
 * back: there ARNs are bound to ids when they are stored.
 */
const uniqueId = /^A(?:ID|RO)A[A-Z0-9]{12,124}$/;

function isPrincipalType(type: string): type is NamedPrincipal["type"] {
  return Object.hasOwn(forms, type);
}
