/** AWS's APIs as moto_server has them, which was written apart from the vault. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export const isMotoInstalled = spawnSync("moto_server", ["--help"]).status === 0;

/** `npm run prove -- on-moto` asks for these tests: in `npm test` the vault is the AWS they meet. */
export const isMotoWanted = process.env.CLAVIGER_TESTS_ON_MOTO === "1" && isMotoInstalled;

export interface Moto {
  readonly pid: number;
  /** What points an AWS client at it. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const startMillisecondsMax = 30_000;

/** On a free port of loopback. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const deadline = Date.now() + startMillisecondsMax;
  while (!(await answers(endpoint))) {
    if (Date.now() > deadline) throw new Error("moto_server did not start");
    await sleep(100);
  }
  return {
    pid: moto.pid ?? 0,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "testing",
      AWS_SECRET_ACCESS_KEY: "testing",
    },
    async stop() {
      moto.kill();
      await once(moto, "exit");
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/`)).ok;
  } catch {
    return false;
  }
}
