/**
 * The smallest change that turns a denial into an Allow: which Deny stands in the way, which
 * condition was not met, and which statement has to be added where. All of them are needed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import type { PolicyTrace, StatementTrace, Trace } from "@claviger/vault/authorization";
import type { Statement } from "./document.ts";

export type Change =
  | {
      /** No Allow outweighs it: it goes, or makes an exception. */
      readonly type: "remove-deny";
      readonly policy: string;
      readonly statement: StatementTrace;
    }
  | {
      readonly type: "add-statement";
      /** Where it belongs, as a sentence goes on after "to": "a policy of role weather-api". */
      readonly to: string;
      readonly statement: Statement;
      /** Allow statements that would do if the request met their conditions. */
      readonly unmet: readonly Near[];
      /** Allow statements about this action that name other resources. */
      readonly elsewhere: readonly Near[];
    };

export interface Near {
  readonly policy: string;
  readonly statement: StatementTrace;
}

export function smallestChange(trace: Trace): Change[] {
  if (trace.isAllowed) return [];
  const denies = statementsOf(trace, undefined)
    .filter(({ statement: { effect, outcome } }) => effect === "Deny" && outcome === "applies")
    .map(({ policy, statement }): Change => ({ type: "remove-deny", policy, statement }));
  return [...denies, ...missingKinds(trace).map((kind) => addition(trace, kind))];
}

type Kind = PolicyTrace["kind"];

/** Which kinds of policy have to allow and don't. */
function missingKinds(trace: Trace): Kind[] {
  const { principal, resource, action, reason, policies } = trace;
  const isRoot = principal.arn.endsWith(":root");
  const has = (kind: Kind) => policies.some((policy) => policy.kind === kind);
  const isMissing = (kind: Kind) => !allowsOf(trace, kind).some(isApplied);
  const identity: Kind[] = isRoot || !isMissing("identity") ? [] : ["identity"];
  // A message may have left a bounding policy out; the reason then still tells of it.
  const bounds: Kind[] = [
    ...(reason === "no-boundary" || (has("boundary") && isMissing("boundary"))
      ? (["boundary"] as const)
      : []),
    ...(reason === "no-session-policy" || (has("session") && isMissing("session"))
      ? (["session"] as const)
      : []),
  ];
  const owner = resource.split(":")[4];
  const isElsewhere = owner !== undefined && owner !== "" && owner !== principal.accountId;
  const fromResource: Kind[] = isMissing("resource") ? ["resource"] : [];
  if (isElsewhere) return [...identity, ...bounds, ...fromResource];
  const isRequired = action.startsWith("kms:") || action.startsWith("sts:AssumeRole");
  // A resource policy that names the role is enough; one that names the account hands over.
  if (isRequired && fromResource.length > 0 && isOnRecord(resource))
    return [...fromResource, ...bounds];
  const isNamed = allowsOf(trace, "resource")
    .filter(isApplied)
    .some((near) => names(near, principal));
  return isNamed ? bounds : [...identity, ...bounds];
}

/** Creating and listing is asked on everything, which has no policy. */
function isOnRecord(resource: string): boolean {
  return /:(key|role)\//.test(resource) && !resource.endsWith("*");
}

function names({ statement }: Near, { accountId }: Trace["principal"]): boolean {
  const written = statement.written.Principal ?? [];
  return written.some((value) => value !== accountId && !value.endsWith(`:${accountId}:root`));
}

function addition(trace: Trace, kind: Kind): Change {
  const { action, resource, principal, policies } = trace;
  const own = policies.filter((policy) => policy.kind === kind);
  const allows = allowsOf(trace, kind);
  const plain = { Effect: "Allow", Action: action, Resource: resource } as const;
  const isTrust = kind === "resource" && action.startsWith("sts:AssumeRole");
  return {
    type: "add-statement",
    to: placeOf(kind, own, trace),
    statement: {
      ...(kind === "resource" && { Principal: { AWS: holderArn(principal.arn) } }),
      ...plain,
      // A key's policy speaks of that key alone, and a trust policy of its role.
      ...(kind === "resource" && action.startsWith("kms:") && { Resource: "*" }),
      ...(isTrust && { Resource: undefined }),
    } as Statement,
    unmet: allows.filter(({ statement }) => statement.outcome === "condition-fails"),
    elsewhere: allows.filter(({ statement }) => statement.outcome === "other-resource"),
  };
}

function placeOf(kind: Kind, own: readonly PolicyTrace[], { principal, resource }: Trace): string {
  const [first] = own;
  switch (kind) {
    case "identity":
      return `a policy of ${holderName(principal.arn)}`;
    case "boundary":
      return `the permissions boundary ${first?.name ?? `of ${holderName(principal.arn)}`}`;
    case "session":
      return "the policy that the session was made with";
    case "resource":
      return first?.name ?? `the policy of ${resource}`;
  }
}

/** "role weather-api" or "user ana". */
export function holderName(arn: string): string {
  const [, type = "", name = ""] =
    /:(assumed-role|role|user)\/(?:.*\/)?([^/]+?)$/.exec(holderArn(arn)) ?? [];
  return name === "" ? arn : `${type} ${name}`;
}

/** The role behind a session: policies name it, since sessions come and go. */
export function holderArn(arn: string): string {
  const session = /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn);
  return session === null ? arn : `${session[1]}:iam::${session[2]}:role/${session[3]}`;
}

function isApplied({ statement }: Near): boolean {
  return statement.outcome === "applies";
}

function allowsOf(trace: Trace, kind: Kind): Near[] {
  return statementsOf(trace, kind).filter(({ statement }) => statement.effect === "Allow");
}

function statementsOf({ policies }: Trace, kind: Kind | undefined): Near[] {
  return policies
    .filter((policy) => kind === undefined || policy.kind === kind)
    .flatMap(({ name, statements }) =>
      statements.map((statement) => ({ policy: name, statement })),
    );
}
