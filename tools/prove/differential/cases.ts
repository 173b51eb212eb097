/**
 * Random requests with random policies of every kind around them: identity, resource, boundary and
 * session policies, same and cross account, every operator, variables, and the negated elements.
 * Kept small in vocabulary, so that what is asked and what policies say often meet.
 */
import fc from "fast-check";
import { type Conditions, conditions } from "./conditions.ts";
import { type Context, contexts } from "./contexts.ts";

export const home = "123456789012";
export const elsewhere = "210987654321";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Principal?: "*" | { readonly AWS: readonly string[] };
  readonly NotPrincipal?: { readonly AWS: readonly string[] };
  readonly Condition?: Conditions;
}

export interface Document {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface Caller {
  readonly type: "Root" | "IAMUser" | "AssumedRole";
  readonly accountId: string;
}

export interface Target {
  readonly action: string;
  /** Always of the account `home`. */
  readonly arn: string;
  /** True of keys and roles, where only their own policy lets anybody in. */
  readonly isPolicyRequired: boolean;
}

export interface Case {
  readonly caller: Caller;
  readonly target: Target;
  readonly context: Context;
  readonly identity: readonly Document[];
  readonly boundary: Document | undefined;
  readonly session: Document | undefined;
  readonly resource: Document | undefined;
}

const secret = `arn:aws:secretsmanager:us-east-1:${home}:secret:prod/db-AbCdEf`;
const targets: readonly Target[] = [
  { action: "secretsmanager:GetSecretValue", arn: secret, isPolicyRequired: false },
  { action: "secretsmanager:DeleteSecret", arn: secret, isPolicyRequired: false },
  {
    action: "ssm:GetParameter",
    arn: `arn:aws:ssm:us-east-1:${home}:parameter/prod/db`,
    isPolicyRequired: false,
  },
  { action: "kms:Decrypt", arn: `arn:aws:kms:us-east-1:${home}:key/1`, isPolicyRequired: true },
  { action: "sts:AssumeRole", arn: `arn:aws:iam::${home}:role/prod/db`, isPolicyRequired: true },
];

export function arnOf({ type, accountId }: Caller): string {
  if (type === "Root") return `arn:aws:iam::${accountId}:root`;
  if (type === "IAMUser") return `arn:aws:iam::${accountId}:user/team/ana`;
  return `arn:aws:sts::${accountId}:assumed-role/web/i-1`;
}

export function roleArnOf({ accountId }: Caller): string {
  return `arn:aws:iam::${accountId}:role/service/web`;
}

const anyOf = <Value>(...values: Value[]) => fc.constantFrom(...values);
const someOf = (...values: string[]) =>
  fc.uniqueArray(anyOf(...values), { minLength: 1, maxLength: 2 });

function statements({ action, arn }: Target): fc.Arbitrary<Statement> {
  const [service = "", name = ""] = action.split(":");
  const near = [
    action,
    "*",
    `${service}:*`,
    `${service}:${name.slice(0, 3)}*`,
    action.toUpperCase(),
  ];
  const far = ["iam:*", `${service}:Put*`, `${service}:${name}?`];
  const nearArns = [
    arn,
    "*",
    `${arn.slice(0, -2)}*`,
    `${arn.slice(0, -1)}?`,
    service === "sts" ? "arn:aws:iam::*:*" : `arn:aws:${service}:*:*:*`,
    arn.replace(home, "${aws:PrincipalAccount}"),
    `${arn.slice(0, arn.lastIndexOf(":"))}:*`,
    arn.replace("prod", "${aws:PrincipalTag/env}"),
    arn.replace("prod", "${aws:PrincipalTag/none, 'prod'}"),
  ];
  const farArns = [
    `${arn}x`,
    arn.replace("prod", "${aws:username}"),
    arn.replace("prod", "${*}"),
    arn.replace(home, elsewhere),
    `arn:aws:s3:::bucket/*`,
  ];
  const element = (named: string, close: string[], other: string[]) =>
    fc.oneof(
      { weight: 8, arbitrary: someOf(...close).map((values) => ({ [named]: values })) },
      { weight: 2, arbitrary: someOf(...other, ...close).map((values) => ({ [named]: values })) },
      { weight: 2, arbitrary: someOf(...other).map((values) => ({ [`Not${named}`]: values })) },
      { weight: 1, arbitrary: someOf(...close).map((values) => ({ [`Not${named}`]: values })) },
    );
  return fc
    .tuple(
      anyOf<Statement["Effect"]>("Allow", "Allow", "Allow", "Allow", "Deny"),
      element("Action", near, far),
      element("Resource", nearArns, farArns),
      fc.option(conditions, { freq: 2, nil: undefined }),
    )
    .map(([Effect, actions, resources, Condition]) => ({
      Effect,
      ...actions,
      ...resources,
      ...(Condition && { Condition }),
    }));
}

function documentsOf(statement: fc.Arbitrary<Statement>): fc.Arbitrary<Document> {
  return fc
    .array(statement, { minLength: 1, maxLength: 3 })
    .map((Statement) => ({ Version: "2012-10-17", Statement }));
}

/** A resource policy's, or a trust policy's, which has no resource but itself. */
function attachedStatements(caller: Caller, target: Target): fc.Arbitrary<Statement> {
  const accounts = [home, elsewhere].flatMap((id) => [id, `arn:aws:iam::${id}:root`]);
  const own = [arnOf(caller), ...(caller.type === "AssumedRole" ? [roleArnOf(caller)] : [])];
  const ownAccount = [caller.accountId, `arn:aws:iam::${caller.accountId}:root`];
  const named = fc.oneof(
    { weight: 5, arbitrary: someOf(...own) },
    { weight: 3, arbitrary: someOf(...ownAccount, ...own) },
    { weight: 2, arbitrary: someOf(...accounts, `arn:aws:iam::${home}:user/other`, "*") },
    { weight: 1, arbitrary: fc.constant(["*"]) },
    { weight: 1, arbitrary: fc.constant([...own, ...ownAccount]) },
  );
  const isTrust = target.action.startsWith("sts:");
  return fc
    .tuple(statements(target), named, fc.nat({ max: 3 }), anyOf("*" as const, undefined))
    .map(([{ NotResource, Resource, Action, NotAction, ...rest }, AWS, chance, everyone]) => {
      const isNot = !isTrust && rest.Effect === "Deny" && chance === 0;
      const isEveryone = everyone !== undefined && AWS.length === 1 && AWS[0] === "*";
      return {
        ...rest,
        ...(isTrust
          ? { Action: ["sts:AssumeRole"] }
          : { ...(Action ? { Action } : { NotAction }) }),
        ...(!isTrust && (Resource ? { Resource } : { NotResource })),
        [isNot ? "NotPrincipal" : "Principal"]: isEveryone && !isNot ? "*" : { AWS },
      } as Statement;
    });
}

const callers: fc.Arbitrary<Caller> = fc.record({
  type: anyOf<Caller["type"]>(
    "IAMUser",
    "IAMUser",
    "AssumedRole",
    "AssumedRole",
    "AssumedRole",
    "Root",
  ),
  accountId: anyOf(home, home, elsewhere),
});

export const cases: fc.Arbitrary<Case> = fc
  .tuple(callers, anyOf(...targets))
  .chain(([caller, target]) => {
    const documents = documentsOf(statements(target));
    const sometimes = (arbitrary: fc.Arbitrary<Document>) =>
      fc.option(arbitrary, { freq: 2, nil: undefined });
    const never = fc.constant(undefined);
    const hasResourcePolicy = !target.action.startsWith("ssm:");
    const attached = documentsOf(attachedStatements(caller, target));
    return fc.record({
      caller: fc.constant(caller),
      target: fc.constant(target),
      context: contexts,
      identity: caller.type === "Root" ? fc.constant([]) : fc.array(documents, { maxLength: 3 }),
      boundary: caller.type === "Root" ? never : sometimes(documents),
      session: caller.type === "AssumedRole" ? sometimes(documents) : never,
      resource: target.isPolicyRequired
        ? attached
        : hasResourcePolicy
          ? sometimes(attached)
          : never,
    });
  });
