// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
/**
 * Random policies and requests, against an evaluator that is written to be read: it goes through
 * the documents themselves for each request, with regular expressions, and remembers nothing.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";
import { decide } from "./decide.ts";
import { account, circumstances, otherAccount, root, session, user } from "./policies.fixture.ts";
import type { Principal, Resource } from "./types.ts";

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string[];
  readonly NotAction?: string[];
  readonly Resource?: string[];
  readonly NotResource?: string[];
  readonly Principal?: { readonly AWS: string[] };
  readonly NotPrincipal?: { readonly AWS: string[] };
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string[]>>>>;
}

interface Case extends Policies, Request {}

interface Policies {
  readonly identity: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
  readonly session: readonly Statement[] | undefined;
  readonly attached: readonly Statement[] | undefined;
  readonly isPolicyRequired: boolean;
  readonly principal: Principal;
}

interface Request {
  readonly action: string;
  readonly arn: string;
  readonly resourceTags: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string[]>>;
}

// The reference.

type Context = ReadonlyMap<string, readonly string[]>;

function isAllowed(given: Case): boolean {
  const context = contextOf(given);
  const names = namesOf(given.principal);
  const speaks = (each: Statement) =>
    listed(given.action, each.Action, each.NotAction, "i", new Map()) &&
    listed(given.arn, each.Resource, each.NotResource, "", context) &&
    Object.entries(each.Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, operands]) => holds(operator, key, operands, context)),
    );
  const fromIdentity = given.identity.filter(speaks);
  const fromResource = (given.attached ?? []).filter(speaks);
  const bounds = [given.boundary, given.session].filter((bound) => bound !== undefined);
  const fromBounds = bounds.map((bound) => bound.filter(speaks));

  const deniesCaller = ({ Principal: only, NotPrincipal: except }: Statement) =>
    only !== undefined
      ? only.AWS.some((name) => name === "*" || names.flat().includes(name))
      : given.boundary !== undefined ||
        (!except?.AWS.includes("*") &&
          !names.every((spellings) => spellings.some((name) => except?.AWS.includes(name))));
  if ([fromIdentity, ...fromBounds].flat().some(({ Effect }) => Effect === "Deny")) return false;
  if (fromResource.some((each) => each.Effect === "Deny" && deniesCaller(each))) return false;

  const [accountNames = [], itself = [], ...ofRole] = names;
  const granted = fromResource
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((each) => each.Principal?.AWS ?? []);
  const namesCaller = granted.some((name) => name === "*" || itself.includes(name));
  const namesRole = granted.some((name) => ofRole.flat().includes(name));
  const namesAccount = granted.some((name) => accountNames.includes(name));
  const isRoot = given.principal.type === "Root";
  const isBounded = !fromBounds.every((some) => some.some(({ Effect }) => Effect === "Allow"));
  const byIdentity =
    !isBounded && (isRoot || fromIdentity.some(({ Effect }) => Effect === "Allow"));
  const byResource = namesCaller || (namesRole && !isBounded);

  if (given.principal.accountId !== account) {
    return byIdentity && (namesCaller || namesRole || namesAccount);
  }
  if (!given.isPolicyRequired) return byIdentity || byResource;
  return byResource || (namesAccount && byIdentity);
}

/** The account's spellings first, then each further name of the caller. */
function namesOf({ type, arn, roleArn, accountId }: Principal): string[][] {
  const names = [[accountId, `arn:aws:iam::${accountId}:root`]];
  if (type !== "Root") names.push([arn]);
  if (roleArn !== undefined) names.push([roleArn]);
  return names;
}

function contextOf({ principal, keys, resourceTags }: Case): Context {
  const context = new Map<string, readonly string[]>(Object.entries(keys));
  if (principal.userName !== undefined) context.set("aws:username", [principal.userName]);
  for (const [name, value] of Object.entries(principal.tags)) {
    context.set(`aws:PrincipalTag/${name}`, [value]);
  }
  for (const [name, value] of Object.entries(resourceTags)) {
    context.set(`aws:ResourceTag/${name}`, [value]);
  }
  return context;
}

function listed(
  text: string,
  only: readonly string[] | undefined,
  except: readonly string[] | undefined,
  flags: string,
  context: Context,
): boolean {
  const isIn = (patterns: readonly string[]) =>
    patterns.some((pattern) => expression(pattern, flags, context, true)?.test(text) === true);
  return only !== undefined ? isIn(only) : !isIn(except ?? []);
}

/** undefined where a variable has no value. */
function expression(pattern: string, flags: string, context: Context, hasWildcards: boolean) {
  let isNull = false;
  const source = pattern.replace(/\$\{([^}]*)\}|./gs, (token: string, variable?: string) => {
    if (variable !== undefined) {
      if (variable === "*") return "\\*";
      const [name = "", fallback] = variable.split(", ");
      const values = context.get(name);
      const value =
        values === undefined ? fallback?.slice(1, -1) : values.length === 1 && values[0];
      if (typeof value !== "string") isNull = true;
      return RegExp.escape(String(value));
    }
    if (hasWildcards && token === "*") return "[\\s\\S]*";
    if (hasWildcards && token === "?") return "[\\s\\S]";
    return RegExp.escape(token);
  });
  return isNull ? undefined : new RegExp(`^${source}$`, flags);
}

function holds(name: string, key: string, operands: readonly string[], context: Context): boolean {
  const values = context.get(key) ?? [];
  if (name === "Null") return operands.includes(String(values.length === 0));
  const base = name.replace(/^ForA[a-zA-Z]+:/, "").replace(/IfExists$/, "");
  const isNegated = base.includes("Not");
  const isMet = (value: string) =>
    operands.some((operand) => meets(base.replace("Not", ""), value, operand, context)) !==
    isNegated;
  if (values.length === 0) {
    if (name.endsWith("IfExists") || name.startsWith("ForAllValues")) return true;
    return isNegated && !name.startsWith("ForAnyValue");
  }
  if (name.startsWith("ForAllValues")) return values.every(isMet);
  if (name.startsWith("ForAnyValue")) return values.some(isMet);
  return isNegated ? values.every(isMet) : values.some(isMet);
}

function meets(operator: string, value: string, operand: string, context: Context): boolean {
  switch (operator) {
    case "StringEquals":
      return expression(operand, "", context, false)?.test(value) === true;
    case "StringLike":
      return expression(operand, "", context, true)?.test(value) === true;
    case "NumericEquals":
      return /^\d+$/.test(value) && Number(value) === Number(operand);
    case "NumericLessThan":
      return /^\d+$/.test(value) && Number(value) < Number(operand);
    case "Bool":
      return value === operand;
    default:
      throw new Error(operator);
  }
}

// What is tried.

const some = <T>(...from: T[]) => fc.constantFrom(...from);
const someOf = <T>(...from: T[]) => fc.uniqueArray(some(...from), { minLength: 1, maxLength: 2 });

const actions = someOf("*", "s:*", "s:Get*", "s:GetA", "s:g?ta", "s:Put", "t:*", "t:Get*");
const resources = someOf(
  "*",
  "arn:aws:s:*:*:a/*",
  "arn:aws:s:*:123456789012:*",
  "arn:aws:s:eu:123456789012:a/b",
  "arn:aws:s:eu:123456789012:a/?",
  "arn:aws:s:*:*:${aws:username}/*",
  "arn:aws:s:*:*:a/${aws:PrincipalTag/team, 'b'}",
  "arn:aws:s:us-*:*:*b*",
);
const operands = someOf("a", "b", "a*", "${aws:username}", "${aws:PrincipalTag/team}", "${*}", "?");
const key = some("aws:PrincipalTag/team", "aws:ResourceTag/team", "x:Many", "aws:username");

const textOperator = fc
  .tuple(
    some("", "ForAllValues:", "ForAnyValue:"),
    some("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
    some("", "IfExists"),
  )
  .map((parts) => parts.join(""));
const condition = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc
    .tuple(textOperator, key, operands)
    .map(([operator, name, values]) => ({ [operator]: { [name]: values } })),
  fc
    .tuple(some("NumericLessThan", "NumericNotEquals", "NumericEqualsIfExists"), someOf("1", "5"))
    .map(([operator, values]) => ({ [operator]: { "x:Number": values } })),
  fc
    .tuple(some("Bool", "Null"), someOf("true", "false"))
    .map(([operator, values]) => ({ [operator]: { "x:Flag": values } })),
);

const principalNames = someOf(
  "*",
  account,
  `arn:aws:iam::${account}:root`,
  `arn:aws:iam::${otherAccount}:root`,
  user().arn,
  session().arn,
  session().roleArn ?? "",
);

const identityStatement = fc
  .tuple(
    some<"Allow" | "Deny">("Allow", "Allow", "Allow", "Deny"),
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ Action: actions }) },
      fc.record({ NotAction: actions }),
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ Resource: resources }) },
      fc.record({ NotResource: resources }),
    ),
    condition,
  )
  .map(([Effect, action, resource, Condition]): Statement => {
    return { Effect, ...action, ...resource, Condition };
  });

const attachedStatement = fc
  .tuple(identityStatement, principalNames, fc.boolean())
  .map(([statement, AWS, isNot]): Statement => {
    const isNotPrincipal = isNot && statement.Effect === "Deny";
    return { ...statement, [isNotPrincipal ? "NotPrincipal" : "Principal"]: { AWS } };
  });

const tags = fc.oneof(
  fc.constant({}),
  some("a", "b", "ana").map((team) => ({ team })),
);
const principal = fc
  .tuple(some("Root", "IAMUser", "AssumedRole"), tags, some(account, account, otherAccount))
  .map(([type, own, accountId]): Principal => {
    if (type === "Root") return root(accountId);
    const { arn, roleArn, ...rest } = type === "IAMUser" ? user() : session();
    const there = (name: string) => name.replace(account, accountId);
    return {
      ...rest,
      accountId,
      arn: there(arn),
      roleArn: roleArn === undefined ? undefined : there(roleArn),
      tags: own,
    };
  });

const bound = fc.option(fc.array(identityStatement, { minLength: 1, maxLength: 2 }), {
  freq: 3,
  nil: undefined,
});

const anyPolicies: fc.Arbitrary<Policies> = fc.record({
  identity: fc.array(identityStatement, { maxLength: 3 }),
  boundary: bound,
  session: bound,
  attached: fc.option(fc.array(attachedStatement, { minLength: 1, maxLength: 3 }), {
    nil: undefined,
  }),
  isPolicyRequired: fc.boolean(),
  principal,
});

const request: fc.Arbitrary<Request> = fc.record({
  action: some("s:GetA", "S:geta", "s:GetB", "s:Put", "t:Get"),
  arn: some(
    "arn:aws:s:eu:123456789012:a/b",
    "arn:aws:s:us-east-1:123456789012:ana/b",
    "arn:aws:s:eu:123456789012:c",
  ),
  resourceTags: tags,
  keys: fc.record(
    {
      "x:Many": fc.uniqueArray(some("a", "b", "*", "ana"), { maxLength: 3 }),
      "x:Number": some("0", "1", "7", "none").map((value) => [value]),
      "x:Flag": some("true", "false").map((value) => [value]),
    },
    { requiredKeys: [] },
  ),
});

/** Nothing bounds the account root. */
const policies = anyPolicies.map((given) =>
  given.principal.type === "Root" ? { ...given, boundary: undefined, session: undefined } : given,
);

// Compiled once and asked several times, as in the vault: what is remembered of an action must not
// leak into the next request, and most of the time is in the compiling.
const requests = fc.array(request, { minLength: 3, maxLength: 3 });

it("decides as the reference does", { timeout: 60_000 }, () => {
  const outcomes = new Map<string, number>();
  fc.assert(
    fc.property(policies, requests, (given, asked) => {
      const decided = decider(given);
      // No `expect` for each: it costs more than the decision, and fast-check shows what was asked.
      return asked.every((each) => {
        const { reason, isAllowed: is } = decided(each);
        outcomes.set(reason, (outcomes.get(reason) ?? 0) + 1);
        return is === isAllowed({ ...given, ...each });
      });
    }),
    { numRuns: 4_000 },
  );
  // Each way to decide was met often enough for the agreement to mean something.
  for (const reason of [
    "allowed",
    "explicit-deny-in-identity-policy",
    "explicit-deny-in-boundary",
    "explicit-deny-in-session-policy",
    "explicit-deny-in-resource-policy",
    "no-identity-policy",
    "no-boundary",
    "no-session-policy",
    "no-resource-policy",
  ]) {
    expect(outcomes.get(reason) ?? 0, reason).toBeGreaterThan(100);
  }
});

/** Answers requests by these policies. */
function decider(given: Policies): (request: Request) => ReturnType<typeof decide> {
  const policyOf = (statements: readonly Statement[], kind: "identity" | "resource") =>
    compilePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), kind);
  const policy = given.attached && policyOf(given.attached, "resource");
  const caller = {
    ...given.principal,
    policies: given.identity.map((each) => policyOf([each], "identity")),
    boundary: given.boundary && policyOf(given.boundary, "identity"),
    sessionPolicies: given.session ? [policyOf(given.session, "identity")] : [],
  };
  return ({ action, arn, resourceTags: tags, keys }) => {
    const { isPolicyRequired } = given;
    const resource: Resource = { arn, accountId: account, tags, policy, isPolicyRequired };
    return decide(caller, action, resource, circumstances, keys);
  };
}
