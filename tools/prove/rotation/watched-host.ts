/**
 * A vault whose rotations a claim can interfere with: its rotator host is real and runs in this
 * process, behind a proxy that sees every step.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startTestRotators } from "../../../packages/rotators/src/testing.ts";
import {
  type InterferingProxy,
  type Passing,
  startInterferingProxy,
} from "../../harness/interfering-proxy.ts";

export interface WatchedHost {
  readonly proxy: InterferingProxy;
  /** In place of `claviger server`. */
  readonly server: readonly string[];
  close(): Promise<void>;
}

/** `rotatorsFile`: the one that the vault is given. */
export async function startWatchedHost(rotatorsFile: string): Promise<WatchedHost> {
  const { types } = JSON.parse(readFileSync(rotatorsFile, "utf8"));
  const host = await startTestRotators(types);
  const proxy = await startInterferingProxy(host.url);
  const script = fileURLToPath(new URL("vault.child.ts", import.meta.url));
  const { execPath } = process;
  return {
    proxy,
    server: [execPath, "--conditions=@claviger/source", script, proxy.url, host.token],
    async close() {
      proxy.close();
      await host.close();
    },
  };
}

/** Which step an invocation is of; undefined where the request is none. */
export function stepOf({ path, body }: Passing): string | undefined {
  return path.endsWith("/invocations") ? JSON.parse(body).Step : undefined;
}
