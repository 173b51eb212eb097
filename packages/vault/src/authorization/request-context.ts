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

/** Gives the values of a record of keys. Its names are folded when the first policy asks. */
export function keySource(keys: ConditionKeys): KeySource {
  let byLowerName: Map<string, KeyValues> | undefined;
  return (lowerName) => {
    byLowerName ??= new Map(
      Object.entries(keys).map(([name, values]) => [name.toLowerCase(), values]),
    );
    return byLowerName.get(lowerName);
  };
}
