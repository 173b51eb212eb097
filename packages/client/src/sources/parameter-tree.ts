/** Every parameter below a path, decrypted, page by page: GetParametersByPath. */
import { createHash } from "node:crypto";
import type { Calls, Output } from "../calls/calls.ts";
import { fetched } from "./parameter-store.ts";
import type { Fetched, Source } from "./source.ts";

export type TreeRaw = ReadonlyMap<string, Fetched<string>>;

export function parameterTree(calls: Calls, Path: string): Source<TreeRaw> {
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
      return { raw: parameters, version: versionOf(parameters) };
    },
  };
}

/** Another one where any parameter came, went or has another version. */
function versionOf(parameters: TreeRaw): string {
  const lines = [...parameters].map(([name, { version }]) => `${name}:${version}\n`);
  return createHash("sha256").update(lines.sort().join("")).digest("base64url").slice(0, 16);
}
