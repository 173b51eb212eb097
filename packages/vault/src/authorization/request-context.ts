/** One question to the policies: who, what, on what, when. Made for each decision; holds no I/O. */
import type { Circumstances, ConditionKeys, Principal, Resource } from "./types.ts";

/** What a condition key gives: nothing, one value, or several (`aws:TagKeys`). */
export type KeyValues = string | readonly string[] | undefined;

export class RequestContext {
  readonly principal: Principal;
  readonly resource: Resource;
  readonly circumstances: Circumstances;
  readonly action: string;
  readonly #keys: ConditionKeys;
  #keysByLowerName: Map<string, KeyValues> | undefined;

  constructor(
    principal: Principal,
    action: string,
    resource: Resource,
    circumstances: Circumstances,
    keys: ConditionKeys,
  ) {
    this.principal = principal;
    this.resource = resource;
    this.circumstances = circumstances;
    this.action = action;
    this.#keys = keys;
  }

  /** A key that only the operation knows. Its names are folded when the first policy asks. */
  operationKey(lowerName: string): KeyValues {
    this.#keysByLowerName ??= new Map(
      Object.entries(this.#keys).map(([name, values]) => [name.toLowerCase(), values]),
    );
    return this.#keysByLowerName.get(lowerName);
  }
}
