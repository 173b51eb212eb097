/** Every parameter below a path, decrypted, page by page: GetParametersByPath. */
import type { Calls, Output } from "../calls/calls.ts";
import { fetched } from "./parameter-store.ts";
import type { Fetched, Source } from "./source.ts";

export type TreeRaw = ReadonlyMap<string, Fetched<string>>;

export function parameterTree(calls: Calls, Path: string): Source<TreeRaw> {
  // A tree has no version, so it is numbered by how often it changed.
  let version = 0;
  let last: string | undefined;
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
        NextToken = page.NextToken ?? undefined;
      } while (NextToken !== undefined);
      const outline = outlineOf(parameters);
      if (outline !== last) version++;
      last = outline;
      return { raw: parameters, version: String(version) };
    },
  };
}

/** Names and versions, in order: another text where any parameter came, went or changed. */
function outlineOf(parameters: TreeRaw): string {
  return Array.from(parameters, ([name, { version }]) => `${name}:${version}\n`)
    .sort()
    .join("");
}
