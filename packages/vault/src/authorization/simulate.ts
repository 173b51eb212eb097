/**
 * Policies asked about a request that nobody made: what IAM's simulator does. Context keys have
 * the values that the question gives them and no others, whoever the caller would be.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html
 */
import { type CompiledPolicy, compilePolicy } from "./compile.ts";
import { contextKeysOf } from "./context-keys.ts";
import { type Position, positionAt, type Span } from "./document/spans.ts";
import { explain, type PolicyTrace } from "./explain.ts";
import type { KeySource, Principal } from "./types.ts";

export interface SimulatedPolicy {
  /** What the result calls it. */
  readonly id: string;
  readonly document: string;
}

export interface Simulation {
  readonly caller: Pick<
    Principal,
    "type" | "arn" | "accountId" | "principalId" | "userName" | "roleArn"
  >;
  readonly policies: readonly SimulatedPolicy[];
  readonly boundary: SimulatedPolicy | undefined;
  readonly resourcePolicy: SimulatedPolicy | undefined;
  /** Whose a resource is whose ARN names no account. */
  readonly resourceOwner: string;
  readonly keys: KeySource;
}

type SimulatedDecision = "allowed" | "explicitDeny" | "implicitDeny";

export interface MatchedStatement {
  readonly policyId: string;
  readonly kind: PolicyTrace["kind"];
  readonly start: Position;
  readonly end: Position;
}

export interface SimulationResult {
  readonly decision: SimulatedDecision;
  /** Those that decide: denies alone where there are any. */
  readonly matched: readonly MatchedStatement[];
  /** Keys that a policy asks about and the question doesn't give. */
  readonly missingKeys: readonly string[];
  /** undefined where there is no boundary. */
  readonly isInBoundary: boolean | undefined;
  /** What either side says, where caller and resource are of two accounts. */
  readonly bySide:
    | { readonly identity: SimulatedDecision; readonly resource: SimulatedDecision }
    | undefined;
}

/** Makes the policies ready; throws MalformedPolicyDocument. Then asks one action and resource. */
export function simulator(
  simulation: Simulation,
): (action: string, resourceArn: string) => SimulationResult {
  const compile = (kind: "identity" | "resource", { id, document }: SimulatedPolicy) =>
    compilePolicy(document, kind, {}, id);
  const { boundary, resourcePolicy, keys } = simulation;
  const principal: Principal = {
    ...simulation.caller,
    tags: {},
    policies: simulation.policies.map((policy) => compile("identity", policy)),
    boundary: boundary && compile("identity", boundary),
    sessionPolicies: [],
    tokenIssuedAt: undefined,
    organizationId: undefined,
    sessionKeys: {},
  };
  const policy = resourcePolicy && compile("resource", resourcePolicy);
  const all = [...principal.policies, principal.boundary, policy].filter(
    (each) => each !== undefined,
  );
  const circumstances = {
    now: 0,
    sourceAddress: "",
    isSecureTransport: false,
    region: "",
    userAgent: "",
    simulatedKeys: keys,
  };
  return (action, arn) => {
    const accountId = arn.split(":")[4] || simulation.resourceOwner;
    const resource = { arn, accountId, tags: {}, policy };
    const trace = explain(principal, action, resource, circumstances);
    const isCrossAccount = arn !== "*" && accountId !== principal.accountId;
    return {
      decision: trace.isAllowed ? "allowed" : denialIn(trace.policies),
      matched: matchedIn(trace.policies, all),
      missingKeys: missingKeys(all, action, keys),
      isInBoundary: trace.policies
        .filter(({ kind }) => kind === "boundary")
        .map((each) => decisionOf([each]) === "allowed")[0],
      bySide: isCrossAccount
        ? {
            identity: decisionOf(trace.policies.filter(({ kind }) => kind === "identity")),
            resource: decisionOf(trace.policies.filter(({ kind }) => kind === "resource")),
          }
        : undefined,
    };
  };
}

function denialIn(policies: readonly PolicyTrace[]): SimulatedDecision {
  return decisionOf(policies) === "explicitDeny" ? "explicitDeny" : "implicitDeny";
}

/** What policies of one kind say by themselves. */
function decisionOf(policies: readonly PolicyTrace[]): SimulatedDecision {
  const effects = new Set(
    policies
      .flatMap(({ statements }) => statements)
      .filter(({ outcome }) => outcome === "applies")
      .map(({ effect }) => effect),
  );
  if (effects.has("Deny")) return "explicitDeny";
  return effects.has("Allow") ? "allowed" : "implicitDeny";
}

function matchedIn(
  traces: readonly PolicyTrace[],
  policies: readonly CompiledPolicy[],
): readonly MatchedStatement[] {
  const wanted = decisionOf(traces) === "explicitDeny" ? "Deny" : "Allow";
  return traces.flatMap(({ name, kind, statements }, at) =>
    statements
      .filter(({ outcome, effect }) => outcome === "applies" && effect === wanted)
      // What a boundary allows is told apart: it decides nothing by itself.
      .filter(() => wanted === "Deny" || kind !== "boundary")
      .map(({ index, end }) => {
        const start = startInSimulator(policies[at]?.document ?? "", statements, index);
        return { policyId: name, kind, start, end };
      }),
  );
}

/**
 * Where the simulator says that a statement begins: at what comes after the statement before it,
 * or after the bracket that opens the list, or behind the brace of one that stands alone.
 */
function startInSimulator(document: string, spans: readonly Span[], index: number): Position {
  const previous = spans[index - 1];
  if (previous !== undefined) return previous.end;
  const { line, column } = spans[index]?.start ?? { line: 1, column: 1 };
  const lines = document.split("\n").slice(0, line);
  const before = [...lines.slice(0, -1), lines.at(-1)?.slice(0, column - 1)].join("\n").trimEnd();
  return before.endsWith("[") ? positionAt(document, before.length) : { line, column: column + 1 };
}

function missingKeys(
  policies: readonly CompiledPolicy[],
  action: string,
  keys: KeySource,
): readonly string[] {
  return contextKeysOf(policies, (statement) => statement.isAbout(action)).filter(
    (name) => keys(name.toLowerCase()) === undefined,
  );
}
