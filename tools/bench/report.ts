/** The performance report of the server: every figure of one run, and its text in Markdown. */
import { startOidcIssuer } from "../harness/oidc-issuer.ts";
import { type AuditCost, cpuPercent, measureAuditCost, throughputPercent } from "./audit-cost.ts";
import type { Measured } from "./load.ts";
import { busyShare, machine } from "./machine.ts";
import { operationCalled, operations } from "./operations.ts";
import { type OperationProfile, profileOperations } from "./profile.ts";
import { type Surroundings, withSubjects } from "./subjects.ts";
import {
  type BenchSize,
  connections,
  measureOperation,
  type OperationReport,
} from "./throughput.ts";
import { measureWrites, type WriteReport } from "./writes.ts";

export interface ReportSize extends BenchSize, Surroundings {
  /** Names of operations; those that are measured, and those that are profiled. */
  readonly measured: readonly string[];
  readonly profiled: readonly string[];
}

export const allOperations = operations.map(({ name }) => name);

export const sizes = {
  full: {
    rounds: 3,
    secondsPerRound: 5,
    databases: ["SQLite", "PostgreSQL"],
    hasMoto: true,
    hasFloor: true,
    measured: allOperations,
    profiled: allOperations,
  },
  /** For CI: under a minute. */
  reduced: {
    rounds: 1,
    secondsPerRound: 1.5,
    databases: ["SQLite"],
    hasMoto: true,
    hasFloor: true,
    measured: ["GetSecretValue", "PutParameter"],
    profiled: ["GetSecretValue"],
  },
} as const satisfies Record<string, ReportSize>;

export interface PerformanceReport {
  readonly size: ReportSize;
  /** Of the processors' time before anything was measured, of 1: how busy others kept them. */
  readonly busyBefore: number;
  readonly operations: readonly OperationReport[];
  readonly auditCost: AuditCost;
  readonly writes: WriteReport;
  readonly profiles: readonly OperationProfile[];
}

export async function measurePerformance(
  root: string,
  size: ReportSize,
): Promise<PerformanceReport> {
  const busyBefore = await busyShare(lookMilliseconds);
  const issuer = await startOidcIssuer();
  try {
    const measured = await withSubjects(root, size, issuer, async (vaults, moto) => {
      const reports: OperationReport[] = [];
      for (const name of size.measured) {
        reports.push(await measureOperation(operationCalled(name), vaults, moto, size));
      }
      return { operations: reports, writes: await measureWrites(vaults[0], size) };
    });
    const audited = operationCalled("GetSecretValue");
    const auditCost = await measureAuditCost(audited, issuer, size);
    const profiled = size.profiled.map(operationCalled);
    const profiles = await profileOperations(root, issuer, profiled, size.secondsPerRound);
    return { size, busyBefore, ...measured, auditCost, profiles };
  } finally {
    await issuer.close();
  }
}

const lookMilliseconds = 3000;
const quietShareMax = 0.05;

/** The report as a section of Markdown, with what was measured on. */
export function markdownOf(report: PerformanceReport): string {
  const { size, busyBefore } = report;
  return [
    "## The server",
    "",
    ...machine().map((line) => `- ${line}`),
    `- busy before the run: ${(100 * busyBefore).toFixed(1)} % of the processors' time${busyBefore > quietShareMax ? ", **not a quiet machine**: the figures are worth little" : ""}`,
    `- medians of ${size.rounds} rounds of ${size.secondsPerRound} s, ${connections} keep-alive connections, each sending again as soon as it is answered; servers in turn within a round`,
    "- the load generator shares the machine: the ratios say more than the absolute figures",
    "- CPU and memory are of the server itself, all its threads; PostgreSQL has processes of its own, which are in neither",
    "- the floor: the least that GetSecretValue can cost on Node: the vault's own HTTP, a signature checked, a value opened, a line hashed and committed to SQLite before the reply; without sessions, policies, validation, look-ups, limits or metrics (tools/bench/floor-server.ts)",
    "- every request is signed by a session of a role, authorised by the role's policy, and its audit event durable before the reply; moto_server checks none of that",
    "",
    ...report.operations.flatMap(operationLines),
    ...auditLines(report.auditCost),
    ...writeLines(report.writes),
    ...profileLines(report.profiles),
  ].join("\n");
}

function operationLines({ operation, bare, subjects, paced }: OperationReport): string[] {
  const rows = [{ name: "bare node:http", measured: bare }, ...subjects];
  const rate = paced[0]?.measured.requestsPerSecond ?? 0;
  return [
    `### ${operation.name}${operation.name === "GetParameters" ? " of 10" : ""}`,
    "",
    "| | requests/s | × bare | CPU µs | × bare | p50 ms | p99 ms | p99 × bare | collecting | longest | memory |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ...rows.map(({ name, measured }) => row(name, measured, bare)),
    "",
    `At ${rate.toFixed(0)} requests/s, evenly: ${paced
      .map(({ name, measured: { p50Milliseconds: p50, p99Milliseconds: p99 } }) => {
        return `${name} p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
      })
      .join("; ")}.`,
    "",
  ];
}

function row(name: string, measured: Measured, bare: Measured): string {
  const over = (figure: keyof Measured) => (measured[figure] / bare[figure]).toFixed(2);
  const { collectionPercent, longestCollectionMilliseconds } = measured;
  const isNode = !Number.isNaN(collectionPercent);
  const cells = [
    name,
    measured.requestsPerSecond.toFixed(0),
    over("requestsPerSecond"),
    measured.cpuMicroseconds.toFixed(1),
    over("cpuMicroseconds"),
    measured.p50Milliseconds.toFixed(2),
    measured.p99Milliseconds.toFixed(2),
    over("p99Milliseconds"),
    isNode ? `${collectionPercent.toFixed(1)} %` : "",
    isNode ? `${longestCollectionMilliseconds.toFixed(1)} ms` : "",
    `${measured.residentMegabytes.toFixed(0)} MB`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function auditLines(cost: AuditCost): string[] {
  const { operation, kept, forgotten } = cost;
  return [
    "### What the audit log costs",
    "",
    `${operation.name} on SQLite beside the same vault composed with a log that forgets every event (no setting does that): ${kept.requestsPerSecond.toFixed(0)} beside ${forgotten.requestsPerSecond.toFixed(0)} requests/s, so the log takes **${throughputPercent(cost).toFixed(1)} % of the throughput** where its thread shares two cores with the load; ${kept.cpuMicroseconds.toFixed(1)} beside ${forgotten.cpuMicroseconds.toFixed(1)} µs of CPU a request, its thread included: ${cpuPercent(cost).toFixed(1)} %; p99 ${kept.p99Milliseconds.toFixed(2)} beside ${forgotten.p99Milliseconds.toFixed(2)} ms.`,
    "",
  ];
}

function writeLines({ vaultPerSecond, barePerSecond, writesPerCommit }: WriteReport): string[] {
  return [
    "### Durable writes",
    "",
    `PutParameter: ${vaultPerSecond.toFixed(0)} writes/s, about ${writesPerCommit.toFixed(0)} in a commit. A loop that commits the same rows into a plain SQLite file with the same pragmas, as many to a commit, without their index entries, HTTP, signatures, sealing, audit or conflicts: ${barePerSecond.toFixed(0)} writes/s. The vault has **${(vaultPerSecond / barePerSecond).toFixed(2)}** of it.`,
    "",
  ];
}

const shareMin = 0.005;

function profileLines(profiles: readonly OperationProfile[]): string[] {
  if (profiles.length === 0) return [];
  const layers = [...new Set(profiles.flatMap(({ shares }) => shares.map(({ layer }) => layer)))];
  const shareOf = ({ shares }: OperationProfile, layer: string) => {
    return shares.find((share) => share.layer === layer)?.share ?? 0;
  };
  const lines = layers
    .filter((layer) => profiles.some((profile) => shareOf(profile, layer) >= shareMin))
    .map((layer) => {
      const cells = profiles.map((each) => `${(100 * shareOf(each, layer)).toFixed(1)} %`);
      return `| ${layer} | ${cells.join(" | ")} |`;
    });
  return [
    "### What limits each figure",
    "",
    "Shares of the vault's CPU on SQLite: its threads as the system counts them, its main thread by V8's samples. node's crypto, JSON and Buffer count to the layer that calls them.",
    "",
    `| | ${profiles.map(({ operation }) => operation.name).join(" | ")} |`,
    `|---|${profiles.map(() => "---:").join("|")}|`,
    ...lines,
    "",
  ];
}
