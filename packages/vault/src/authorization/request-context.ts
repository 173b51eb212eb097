/** One question to the policies: who, what, on what, when. Made for each decision; holds no I/O. */
import type {
  Circumstances,
  ConditionKeys,
  KeySource,
  KeyValues,
  Principal,
  Resource,
} from "./types.ts";

export class RequestContext {
  readonly principal: Principal;
  readonly resource: Resource;
  readonly circumstances: Circumstances;
  readonly action: string;
  /** A key that only the operation knows. */
  readonly operationKey: KeySource;

  constructor(
    principal: Principal,
    action: string,
    resource: Resource,
    circumstances: Circumstances,
    keys: ConditionKeys | KeySource,
  ) {
    this.principal = principal;
    this.resource = resource;
    this.circumstances = circumstances;
    this.action = action;
    this.operationKey = typeof keys === "function" ? keys : keySource(keys);
  }
}

/** Of an operation that knows no keys of its own. */
export const noKeys: KeySource = () => undefined;

/**
 * Gives the values of a record of keys. Its names are folded when the first policy asks. A request
 * may bring tags whose keys differ in case only: each is found by its own spelling behind the
 * slash, so that none hides another from a policy that asks about it.
 */
export function keySource(keys: ConditionKeys): KeySource {
  let known: Map<string, KeyValues> | undefined;
  return (name) => {
    known ??= new Map([
      ...Object.entries(keys)
        .reverse()
        .map(([each, values]) => [each.toLowerCase(), values] as const),
      ...Object.entries(keys).map(([each, values]) => [foldedToSlash(each), values] as const),
    ]);
    return known.get(name);
  };
}

/** "aws:RequestTag/Team" as "aws:requesttag/Team". */
export function foldedToSlash(name: string): string {
  const slash = name.indexOf("/");
  return slash === -1 ? name.toLowerCase() : name.slice(0, slash).toLowerCase() + name.slice(slash);
}
