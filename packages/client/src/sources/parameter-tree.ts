/** Every parameter below a path, decrypted, page by page: GetParametersByPath. */
import type { Calls, Output } from "../calls/calls.ts";
import { TransportError } from "../transport/transport.ts";
import { fetched } from "./parameter-store.ts";
import type { Fetched, Source } from "./source.ts";

export type TreeRaw = ReadonlyMap<string, Fetched<string>>;

export function parameterTree(calls: Calls, Path: string): Source<TreeRaw> {
  // A tree has no version, so it is numbered by how often it changed.
  let version = 0;
  let last: TreeRaw = new Map();
  return {
    async fetch(wish) {
      const parameters = new Map<string, Fetched<string>>();
      let NextToken: unknown;
      do {
        const input = {
          Path,
          Recursive: true,
          WithDecryption: true,
          ...(NextToken !== undefined && { NextToken }),
        };
        const page = await calls.call("ssm", "GetParametersByPath", input, wish);
        for (const parameter of (page.Parameters ?? []) as readonly Output[]) {
          const name = String(parameter.Name);
          parameters.set(name, fetched(parameter, name));
        }
        const next = page.NextToken || undefined;
        if (next !== undefined && next === NextToken) throw endless();
        NextToken = next;
      } while (NextToken !== undefined);
      if (version === 0 || !isSame(parameters, last)) version++;
      last = parameters;
      return { raw: parameters, version: String(version) };
    },
  };
}

/** By what they are: one that was deleted and made anew begins again at version 1. */
function isSame(tree: TreeRaw, other: TreeRaw): boolean {
  if (tree.size !== other.size) return false;
  for (const [name, { raw, version }] of tree) {
    const before = other.get(name);
    if (before?.raw !== raw || before.version !== version) return false;
  }
  return true;
}

function endless(): TransportError {
  const message = "the reply says that it goes on where it began";
  return new TransportError("Unreadable", message, { kind: "outage" });
}
