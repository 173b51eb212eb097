/**
 * A herd of clients loses its vault and comes back all at once: each on a connection of its own, with
 * and without TLS, after an orderly restart and after kill -9, on both databases. What counts as an
 * error is every try that failed although it began when a reply had been there again, and every one
 * that took too long.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { residentMegabytes } from "../../bench/process-figures.ts";
import { type SignedRequest, signedRequest } from "../../bench/signed-request.ts";
import { makeAuthority } from "../../harness/certificates.ts";
import { ClusterNode, makeCluster } from "../../harness/cluster.ts";
import { freePort } from "../../harness/free-port.ts";
import { temporaryFolder, type VaultProcess } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";
import { clientConfiguration } from "../client-configuration.ts";
import type { HerdPlan, HerdReport } from "../herd/plan.ts";

const clients = { reduced: 300, full: 1000 };

/** Of the whole process; the same vault with nobody connected holds about 120. */
const residentMegabytesMax = 400;

const writersAtOnce = 16;

interface Round {
  readonly name: string;
  readonly node: ClusterNode;
  readonly ca: string | undefined;
  /** How the node ends before it is started again. */
  readonly by: "stop" | "kill";
}

export const reconnect: Claim = {
  name: "reconnect",
  says: "clients that all reconnect and read at once after a restart are all served, with no time-out and bounded memory",
  async run(run) {
    const { root } = run;
    const folder = temporaryFolder("reconnect");
    const { ca, tls } = makeCertificate(folder);
    const onPort = async () => ["--port", String(await freePort())];
    const embedded = async (name: string, flags: readonly string[]) => {
      const dataDirectory = join(folder, name);
      return new ClusterNode(name, { root, dataDirectory, flags: [...(await onPort()), ...flags] });
    };
    await showRound(run, {
      name: "in the clear, an orderly restart",
      node: await embedded("plain", []),
      ca: undefined,
      by: "stop",
    });
    await showRound(run, {
      name: "TLS, kill -9",
      node: await embedded("secure", tls),
      ca,
      by: "kill",
    });
    const cluster = await makeCluster({ root, nodes: 1, flags: await onPort() });
    try {
      const [node] = cluster.nodes as [ClusterNode];
      await showRound(run, { name: "on PostgreSQL, kill -9", node, ca: undefined, by: "kill" });
    } finally {
      await cluster.stop();
    }
  },
};

function makeCertificate(folder: string) {
  const authority = makeAuthority("reconnect");
  // The harness asks /health with fetch, which has no words of its own for an authority.
  setDefaultCACertificates([...getCACertificates("default"), authority.certificate]);
  const { cert, key } = authority.issue();
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  return { ca: authority.certificate, tls: ["--tls-cert", certFile, "--tls-key", keyFile] };
}

async function showRound({ isFull, print }: ClaimRun, { name, node, ca, by }: Round) {
  const count = isFull ? clients.full : clients.reduced;
  let herd: Herd | undefined;
  await node.start();
  try {
    const requests = await makeReads(node.vault, count);
    herd = startHerd({ url: node.vault.url, ca, requests });
    await herd.isServed();
    await node[by]();
    await node.start();
    const report = await herd.report();
    const resident = peakResidentMegabytes(node.vault.pid);
    print(`${name}: ${shown(report)}; at most ${resident.toFixed(0)} MB resident`);
    demand(report.servedBefore === count, `${report.servedBefore} were served before`);
    demand(report.servedAgain === count, `${report.servedAgain} of ${count} were served again`);
    const failures = Object.entries(report.failed).map(([why, times]) => `${times} × ${why}`);
    demand(failures.length === 0, `when it was back: ${failures.join(", ")}`);
    demand(resident <= residentMegabytesMax, `it held ${resident.toFixed(0)} MB`);
  } finally {
    herd?.end();
    await node.kill();
  }
}

type Herd = ReturnType<typeof startHerd>;

function shown(report: HerdReport): string {
  const { servedAgain, turnedAwayWhileDown: away, allServedMilliseconds: all } = report;
  const { p50Milliseconds: p50, p99Milliseconds: p99, maxMilliseconds: max } = report;
  const reasons = Object.entries(away).map(([why, times]) => `${times} × ${why}`);
  return (
    `${servedAgain} served within ${all.toFixed(0)} ms of the first, each in ${p50.toFixed(0)} ms ` +
    `(p50), ${p99.toFixed(0)} (p99), ${max.toFixed(0)} at most; ` +
    `turned away while it was down: ${reasons.join(", ") || "none"}`
  );
}

/** A secret for each client, and the request that reads it. */
async function makeReads(vault: VaultProcess, count: number): Promise<SignedRequest[]> {
  const { environment, url } = vault;
  const configuration = clientConfiguration(environment);
  const sdk = new SecretsManagerClient(configuration);
  const names = Array.from({ length: count }, (_, at) => `reconnect/${at}`);
  const waiting = [...names];
  const write = async () => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      await sdk.send(new CreateSecretCommand({ Name: name, SecretString: `value of ${name}` }));
    }
  };
  await Promise.all(Array.from({ length: writersAtOnce }, write));
  sdk.destroy();
  const signing = {
    url,
    service: "secretsmanager",
    target: "secretsmanager.GetSecretValue",
    ...configuration.credentials,
  };
  return names.map((name) => signedRequest(signing, { SecretId: name }));
}

/** In a process of its own, so that nothing that is done here holds it up. */
function startHerd(plan: HerdPlan) {
  const script = fileURLToPath(new URL("../herd/herd.child.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(plan));
  const lines: string[] = [];
  const printed = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = once(child, "close");
  const isServed = async () => {
    await Promise.race([once(printed, "line"), ended]);
    demand(lines.length > 0, "the herd was not served at all");
  };
  return {
    isServed,
    async report(): Promise<HerdReport> {
      const [code] = await ended;
      demand(code === 0, `the herd ended with ${code}`);
      return JSON.parse(lines.at(-1) ?? "");
    },
    end: () => child.kill(),
  };
}

/** The most that it ever held; what it holds now where the system doesn't tell. */
function peakResidentMegabytes(pid: number): number {
  if (process.platform !== "linux") return residentMegabytes(pid);
  const [, kilobytes] =
    /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
