/** What the audit log costs: one vault that keeps its events and one that forgets them, in turn. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OidcIssuer } from "../harness/oidc-issuer.ts";
import { cleanEnvironment, temporaryFolder } from "../harness/vault-process.ts";
import { load, type Measured, medians } from "./load.ts";
import { type Operation, prepare, requestsOf } from "./operations.ts";
import type { Subject } from "./subjects.ts";
import { type BenchSize, connections, secondsOf } from "./throughput.ts";

export interface AuditCost {
  readonly operation: Operation;
  readonly kept: Measured;
  readonly forgotten: Measured;
}

/** How much of the throughput the log takes, in percent. */
export function throughputPercent({ kept, forgotten }: AuditCost): number {
  return 100 * (1 - kept.requestsPerSecond / forgotten.requestsPerSecond);
}

/** How much of the CPU of a request, in percent. */
export function cpuPercent({ kept, forgotten }: AuditCost): number {
  return 100 * (1 - forgotten.cpuMicroseconds / kept.cpuMicroseconds);
}

export async function measureAuditCost(
  operation: Operation,
  issuer: OidcIssuer,
  size: BenchSize,
): Promise<AuditCost> {
  const subjects = [await startParts("kept", issuer), await startParts("forgotten", issuer)];
  const measured = subjects.map((): Measured[] => []);
  try {
    for (let round = 0; round <= size.rounds; round++) {
      for (const [at, subject] of subjects.entries()) {
        const requests = requestsOf(operation, subject.caller);
        const plan = { requests, connections, seconds: secondsOf(round, size) };
        const figures = await load(subject, plan);
        if (round > 0) measured[at]?.push(figures);
      }
    }
  } finally {
    for (const subject of subjects) await subject.stop();
  }
  const [kept, forgotten] = measured.map(medians) as [Measured, Measured];
  return { operation, kept, forgotten };
}

async function startParts(trail: "kept" | "forgotten", issuer: OidcIssuer): Promise<Subject> {
  const script = fileURLToPath(new URL("vault-by-parts.child.ts", import.meta.url));
  const data = join(temporaryFolder("parts"), "d");
  const words = ["--conditions=@claviger/source", script, data, trail];
  const child = spawn(process.execPath, words, {
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(child.stdout, "data");
  const environment = JSON.parse(String(printed));
  return {
    name: trail,
    url: environment.AWS_ENDPOINT_URL,
    pid: child.pid ?? 0,
    collectionsFile: undefined,
    caller: await prepare(environment, issuer),
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
