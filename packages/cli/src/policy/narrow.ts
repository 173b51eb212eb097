/**
 * A policy shrunk to what was used of it: actions to those that were asked for, resources to those
 * that they were asked on, where the trail can tell. Conditions and Deny statements stay. Pure.
 */
import { listOf, oneOrMany, type PolicyDocument, type Statement } from "./document.ts";
import { globMatches } from "./glob.ts";

/** What a statement allowed. */
export interface Use {
  readonly action: string;
  /** undefined where the trail doesn't tell: the statement's resources then stay. */
  readonly resource: string | undefined;
}

export interface Narrowed {
  /** Without any statement if nothing of it was used. */
  readonly document: PolicyDocument;
  /** What became of each statement of the original. */
  readonly byStatement: readonly (readonly Statement[])[];
}

/** What is known beside the uses. */
export interface Known {
  /** Services all of whose requests were looked at; actions of others are not told apart. */
  readonly traced: ReadonlySet<string>;
  /** Services that the policy's holders have used at all; undefined where nobody knows. */
  readonly accessed: ReadonlySet<string> | undefined;
}

export function narrowPolicy(
  document: PolicyDocument,
  usesOf: (statementIndex: number) => readonly Use[],
  known: Known,
): Narrowed {
  const byStatement = document.Statement.map((statement, index) =>
    statement.Effect === "Deny" ? [statement] : narrowed(statement, usesOf(index), known),
  );
  const statements = byStatement.flat();
  const isEmpty = !statements.some(({ Effect }) => Effect === "Allow");
  return { document: { ...document, Statement: isEmpty ? [] : statements }, byStatement };
}

/** More than this of one pattern's resources are better said by the pattern. */
const resourcesMax = 20;

function narrowed(statement: Statement, uses: readonly Use[], known: Known): Statement[] {
  const untraced = untracedActions(statement, known);
  if (untraced === undefined) return [statement];
  const isBroad = ({ resource }: Use) => resource === "*" || resource?.endsWith(":*") === true;
  const parts = [
    withActions(statement, untraced, undefined),
    used(
      statement,
      uses.filter((use) => !isBroad(use)),
    ),
    used(statement, uses.filter(isBroad)),
  ].filter((part) => part !== undefined);
  // Sids are unique in a policy.
  return parts.map(({ Sid, ...part }, at) =>
    at === 0 && Sid !== undefined ? { Sid, ...part } : part,
  );
}

function used(statement: Statement, uses: readonly Use[]): Statement | undefined {
  const actions = [...new Set(uses.map(({ action }) => action))].sort();
  return withActions(statement, actions, usedResources(statement, uses));
}

function withActions(
  { Effect, Action, NotAction, Resource, NotResource, ...rest }: Statement,
  actions: readonly string[],
  resources: readonly string[] | undefined,
): Statement | undefined {
  if (actions.length === 0) return undefined;
  const { Condition, ...others } = rest;
  return {
    ...others,
    Effect,
    Action: oneOrMany(actions),
    ...(resources !== undefined
      ? { Resource: oneOrMany(resources) }
      : NotResource !== undefined
        ? { NotResource }
        : Resource !== undefined && { Resource }),
    ...(Condition !== undefined && { Condition }),
  };
}

/** undefined: the statement's own stay. */
function usedResources(
  { Resource, NotResource }: Statement,
  uses: readonly Use[],
): string[] | undefined {
  const resources = [...new Set(uses.map(({ resource }) => resource))];
  const known = resources.filter((each) => each !== undefined).sort();
  if (known.length < resources.length) return undefined;
  if (NotResource !== undefined) return known.length > resourcesMax ? undefined : known;
  const patterns = listOf(Resource);
  const left = new Set(known);
  const kept = patterns.flatMap((pattern) => {
    // A variable gives each caller its own: it is as narrow as it can be.
    if (pattern.includes("${")) return [pattern];
    const matching = [...left].filter((arn) => globMatches(pattern, arn));
    for (const arn of matching) left.delete(arn);
    return matching.length > resourcesMax ? [pattern] : matching;
  });
  return left.size === 0 ? kept : undefined;
}

/**
 * The actions of services that the trail doesn't show, as far as their services were used at all;
 * undefined where the statement can't be told apart and has to stay as it is.
 */
function untracedActions(
  { Action, NotAction }: Statement,
  { traced, accessed }: Known,
): string[] | undefined {
  const others = accessed && [...accessed].filter((service) => !traced.has(service)).sort();
  if (NotAction !== undefined) return others?.length === 0 ? [] : undefined;
  const actions: string[] = [];
  for (const pattern of listOf(Action)) {
    const service = pattern.split(":")[0]?.toLowerCase() ?? "";
    if (traced.has(service)) continue;
    if (/[*?]/.test(service)) {
      if (others === undefined) return undefined;
      const name = pattern.includes(":") ? pattern.slice(pattern.indexOf(":")) : ":*";
      actions.push(
        ...others.filter((each) => globMatches(service, each)).map((each) => each + name),
      );
    } else if (accessed === undefined || accessed.has(service)) actions.push(pattern);
  }
  return actions;
}
