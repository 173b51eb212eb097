/** A tree of parameters, as the application sees it: a map that can't be changed. */
import type { Held } from "../cache/held.ts";
import type { GetOptions, ParameterTree } from "../reference.ts";
import { makeSecret, type Secret } from "../secret.ts";
import type { TreeRaw } from "../sources/parameter-tree.ts";
import type { CachedReference } from "./cached-reference.ts";

type Parameters = ReadonlyMap<string, Secret<string>>;

export function treeOf(reference: CachedReference<TreeRaw, Parameters>): ParameterTree {
  return Object.freeze({
    name: reference.name,
    get: async (options?: GetOptions) => (await reference.get(options)).reveal(),
    peek: () => reference.peek().reveal(),
  });
}

export function readTree({ raw, fetchedAt, isStale }: Held<TreeRaw>): Parameters {
  const secrets = Array.from(raw, ([name, { raw: text, version }]) => {
    return [name, makeSecret(text, { version, fetchedAt, isStale })] as const;
  });
  return new FixedMap(secrets);
}

/** Object.freeze doesn't keep a Map from being set. */
class FixedMap<Value> extends Map<string, Value> {
  constructor(entries: readonly (readonly [string, Value])[]) {
    super();
    for (const [key, value] of entries) super.set(key, value);
  }

  override set(): never {
    return this.#refuse();
  }

  override delete(): never {
    return this.#refuse();
  }

  override clear(): never {
    return this.#refuse();
  }

  #refuse(): never {
    throw new TypeError("this map of parameters is shared with the cache, and can't be changed");
  }
}
