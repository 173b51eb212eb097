/** Random Condition elements: each key with operators that suit it, and some that don't. */
import fc from "fast-check";

export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Kind = "text" | "set" | "number" | "date" | "flag" | "address" | "arn";

interface Asked {
  readonly key: string;
  readonly kind: Kind;
}

const asked: readonly Asked[] = [
  { key: "aws:username", kind: "text" },
  { key: "aws:userid", kind: "text" },
  { key: "aws:PrincipalAccount", kind: "text" },
  { key: "aws:PrincipalType", kind: "text" },
  { key: "aws:PrincipalOrgID", kind: "text" },
  { key: "aws:PrincipalTag/env", kind: "text" },
  { key: "aws:PrincipalTag/team", kind: "text" },
  { key: "aws:ResourceTag/env", kind: "text" },
  { key: "AWS:resourcetag/team", kind: "text" },
  { key: "aws:RequestTag/env", kind: "text" },
  { key: "aws:RequestedRegion", kind: "text" },
  { key: "aws:TagKeys", kind: "set" },
  { key: "aws:MultiFactorAuthAge", kind: "number" },
  { key: "aws:CurrentTime", kind: "date" },
  { key: "aws:EpochTime", kind: "date" },
  { key: "aws:TokenIssueTime", kind: "date" },
  { key: "aws:SecureTransport", kind: "flag" },
  { key: "aws:MultiFactorAuthPresent", kind: "flag" },
  { key: "aws:SourceIp", kind: "address" },
  { key: "aws:PrincipalArn", kind: "arn" },
  { key: "aws:SourceArn", kind: "arn" },
];

const texts = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase"];
const patterns = ["StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"];
const compared = (kind: string) =>
  ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
    (name) => `${kind}${name}`,
  );

const operators: Readonly<Record<Kind, readonly string[]>> = {
  text: [...texts, ...patterns],
  set: [...texts, ...patterns],
  number: compared("Numeric"),
  date: compared("Date"),
  flag: ["Bool", "Bool", "StringEquals"],
  address: ["IpAddress", "NotIpAddress"],
  arn: ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"],
};

const operands: Readonly<Record<Kind, readonly string[]>> = {
  text: [
    "prod",
    "test",
    "ana",
    "blue",
    "p*",
    "?rod",
    "*",
    "User",
    "us-east-1",
    "123456789012",
    "o-1234567890",
    "o-*",
    "${aws:PrincipalTag/env}",
    "${aws:username}",
    "${aws:PrincipalTag/env, 'prod'}",
    "p${*}",
    "AIDAEXAMPLEANA",
  ],
  set: ["env", "team", "e*", "Env", "*", "${aws:PrincipalTag/env, 'env'}"],
  number: ["0", "60", "61.5", "3600.50"],
  date: ["2026-01-02T03:04:05Z", "2026-01-01", "1767323045", "2026-06-30T00:00:00Z"],
  flag: ["true", "false"],
  address: ["203.0.113.0/24", "203.0.113.9", "0.0.0.0/0", "2001:db8::/32", "198.51.100.0/31"],
  arn: [
    "arn:aws:iam::123456789012:*",
    "arn:aws:iam::*:role/service/web",
    "arn:aws:iam::${aws:PrincipalAccount}:user/*",
    "arn:aws:sns:*:*:topic",
    "arn:aws:sns:*:123456789012:*",
    "arn:aws:iam::123456789012:user/team/ana",
    "arn:aws:i*m::*:role/*",
  ],
};

const anyOf = <Value>(...values: readonly Value[]) => fc.constantFrom(...values);

const condition: fc.Arbitrary<Conditions> = anyOf(...asked).chain(({ key, kind }) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 1, arbitrary: fc.constant("Null") },
        { weight: 9, arbitrary: spelled(kind) },
      ),
      fc.uniqueArray(anyOf(...operands[kind]), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
    )
    .map(([operator, values, isAbsent]) => ({
      [operator]: { [key]: operator === "Null" ? [String(isAbsent)] : values },
    })),
);

/** Keys with several values are asked about as sets: what else means AWS leaves open. */
function spelled(kind: Kind): fc.Arbitrary<string> {
  const sets =
    kind === "set"
      ? ["ForAllValues:", "ForAnyValue:"]
      : ["", "", "", "ForAllValues:", "ForAnyValue:"];
  return fc
    .tuple(anyOf(...sets), anyOf(...operators[kind]), anyOf("", "", "IfExists"))
    .map((parts) => parts.join(""));
}

/** One line, or two under different operators. */
export const conditions: fc.Arbitrary<Conditions> = fc
  .array(condition, { minLength: 1, maxLength: 2 })
  .map((lines) => Object.assign({}, ...lines));
