/** What the vault is measured against: a bare HTTP server, and moto_server where it is installed. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface Peer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Answers everything with the same bytes and headers as the vault's reply. */
export async function startBareServer(
  body: string,
  headers: Record<string, string>,
): Promise<Peer> {
  const script = fileURLToPath(new URL("bare-server.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ body, headers })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(child.stdout, "data");
  return peer(String(printed).trim(), child);
}

/** moto_server on a port of its own, or undefined where it isn't installed. */
export async function startMoto(): Promise<Peer | undefined> {
  if (spawnSync("moto_server", ["--help"]).status !== 0) return undefined;
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let attempts = 0; attempts < 300; attempts++) {
    try {
      await fetch(`${url}/moto-api/data.json`);
      return peer(url, child);
    } catch {
      await sleep(100);
    }
  }
  child.kill();
  throw new Error("moto_server did not start");
}

function peer(url: string, child: ChildProcess): Peer {
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
