/**
 * Resource policies: compiled once for each secret as it stands, and judged by whether they let in
 * the whole world.
 */
import { type CompiledPolicy, compilePolicy, principalsNamedBy } from "../authorization/compile.ts";
import type { SecretPolicy, SecretRecord } from "./records.ts";

const compiled = new WeakMap<SecretPolicy, CompiledPolicy>();

/** The policy that requests on the secret are asked against; costs nothing where it has none. */
export function policyOf({ arn, policy }: SecretRecord): CompiledPolicy | undefined {
  if (policy === undefined) return undefined;
  let known = compiled.get(policy);
  if (known === undefined) {
    known = compileSecretPolicy(arn, policy);
    compiled.set(policy, known);
  }
  return known;
}

/** Throws MalformedPolicyDocument for a document that can't be understood. */
export function compileSecretPolicy(
  arn: string,
  { document, principals }: SecretPolicy,
): CompiledPolicy {
  return compilePolicy(document, "resource", principals, `the resource policy of ${arn}`);
}

/** Whom a policy names. Throws as `compileSecretPolicy` does. */
export function principalsOfSecretPolicy(document: string): readonly string[] {
  return principalsNamedBy(document, "resource");
}

/**
 * Whether the policy may let in anybody: an Allow for everyone that no condition narrows to fixed
 * values. AWS proves this with Zelkova, which also weighs Deny statements; here they don't excuse
 * an Allow for everyone.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isPublic({ statements }: CompiledPolicy): boolean {
  return statements.some(
    ({ effect, elements: { principals = [], conditions } }) =>
      effect === "Allow" &&
      principals.some(({ type, value }) => type === "AWS" && value === "*") &&
      !conditions.some(isNarrow),
  );
}

type ConditionElement = CompiledPolicy["statements"][number]["elements"]["conditions"][number];

const narrowKeys = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:userid",
]);

const narrowOperators = new Set(["stringequals", "stringlike", "arnequals", "arnlike"]);

/** Broader ranges of addresses are the public. */
const prefixMin = { v4: 8, v6: 32 };

function isNarrow({ operator, key, operands }: ConditionElement): boolean {
  // With IfExists and ForAllValues an absent key is enough.
  if (operator.isIfExists || operator.set === "ForAllValues") return false;
  const base = operator.spelling.replace(/^ForAnyValue:/, "").toLowerCase();
  if (base === "ipaddress" && key.toLowerCase() === "aws:sourceip") {
    return operands.every(isSmallRange);
  }
  return (
    narrowOperators.has(base) &&
    narrowKeys.has(key.toLowerCase()) &&
    operands.length > 0 &&
    !operands.some((operand) => /[*?]|\$\{/.test(operand))
  );
}

function isSmallRange(range: string): boolean {
  const [address = "", prefix] = range.split("/");
  const min = address.includes(":") ? prefixMin.v6 : prefixMin.v4;
  return prefix === undefined || Number(prefix) >= min;
}
