/**
 * The performance report, held to limits: what a read costs beside a bare server and moto_server, how
 * late the last replies are, what the audit log takes, how much of bare SQLite's commits is left to a
 * write. Where
 * the project's aim is not reached the limit is what is held, and both are printed. At full size it
 * writes docs/performance.md.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { throughputPercent } from "../../bench/audit-cost.ts";
import type { Measured } from "../../bench/load.ts";
import {
  markdownOf,
  measurePerformance,
  type PerformanceReport,
  sizes,
} from "../../bench/report.ts";
import { motoName } from "../../bench/subjects.ts";
import { floorName, type OperationReport } from "../../bench/throughput.ts";
import { type Claim, demand } from "../claim.ts";

interface Limit {
  readonly says: string;
  readonly aim: number;
  readonly held: number;
  readonly limitedBy: string;
  /** Larger is better. */
  readonly isLeast?: boolean;
}

/** For a read on SQLite, of a quiet machine with two cores that the load generator shares. */
const limits = {
  cpu: {
    says: "CPU of a read beside a bare reply",
    aim: 2,
    held: 4.5,
    limitedBy:
      "the floor, what reading a request, checking its signature, opening a value and committing a line cost on Node; who may do what, where it lies and what the trail tells are the rest",
  },
  throughput: {
    says: "throughput of reads beside bare",
    aim: 0.5,
    held: 0.25,
    isLeast: true,
    limitedBy: "the main thread's CPU, and on two cores the load generator's",
  },
  tail: {
    says: "p99 of reads under load beside bare",
    aim: 3,
    held: 4.5,
    limitedBy: "a reply waits for its group's commit, and with 64 connections for those before it",
  },
  quota: {
    says: "reads in a second, beside AWS's quota",
    aim: 10_000,
    held: 10_000,
    isLeast: true,
    limitedBy: "the main thread's CPU",
  },
  moto: {
    says: "throughput of reads beside moto_server",
    aim: 30,
    held: 30,
    isLeast: true,
    limitedBy: "the same, though moto_server checks and keeps nothing",
  },
  audit: {
    says: "percent of the throughput that the audit log takes",
    aim: 15,
    held: 35,
    limitedBy: "its thread needs a core that two of them share with the load generator",
  },
  writes: {
    says: "writes beside bare SQLite commits",
    aim: 0.5,
    held: 0.15,
    isLeast: true,
    limitedBy: "the main thread's CPU: bare commits seal nothing, check nothing and answer nobody",
  },
} as const satisfies Record<string, Limit>;

/** CI's machines are noisy and its runs short. */
const leeway = { full: 1, reduced: 4 };

/** A machine whose bare server answers fewer says nothing about AWS's quota. */
const barePerSecondMin = 30_000;

export const benchmark: Claim = {
  name: "benchmark",
  says: "the performance report, in one run and within its limits",
  isMeasured: true,
  async run({ root, isFull, print }) {
    const report = await measurePerformance(root, isFull ? sizes.full : sizes.reduced);
    const text = markdownOf(report);
    const figures = figuresOf(report, isFull);
    for (const line of text.split("\n")) print(line);
    if (isFull) writeFileSync(join(root, "docs/performance.md"), page(figures, text));
    const spare = isFull ? leeway.full : leeway.reduced;
    for (const figure of figures) print(said(figure, spare));
    for (const figure of figures) demand(isHeld(figure, spare), said(figure, spare));
  },
};

interface Figure {
  readonly of: string;
  readonly limit: Limit;
  readonly figure: number;
  /** Those of the other databases and of the floor are told, and not demanded. */
  readonly isDemanded: boolean;
}

const onSqlite = "vault on SQLite";

/** Reads of one value: that is what the aims are about. */
const reads: readonly string[] = ["GetSecretValue", "GetParameter"];

function figuresOf(
  { operations, auditCost, writes }: PerformanceReport,
  isFull: boolean,
): readonly Figure[] {
  const ofReads = operations.filter(({ operation }) => reads.includes(operation.name));
  const share = throughputPercent(auditCost);
  // A difference of two throughputs: in a short run on a busy machine it is noise.
  const audit = { of: "GetSecretValue", figure: share, isDemanded: isFull };
  const ratio = writes.vaultPerSecond / writes.barePerSecond;
  const written = { of: "PutParameter", figure: ratio, isDemanded: true };
  return [
    ...ofReads.flatMap(besideBare),
    ...ofReads.flatMap(besideOthers),
    { ...audit, limit: limits.audit },
    { ...written, limit: limits.writes },
  ];
}

function besideBare({ operation, bare, subjects }: OperationReport): readonly Figure[] {
  return subjects
    .filter(({ name }) => name.startsWith("vault") || name === floorName)
    .flatMap(({ name, measured }): Figure[] => {
      const of = `${operation.name}, ${name}`;
      const isDemanded = name === onSqlite;
      const times = (figure: keyof Measured) => measured[figure] / bare[figure];
      return [
        { of, limit: limits.cpu, figure: times("cpuMicroseconds"), isDemanded },
        { of, limit: limits.throughput, figure: times("requestsPerSecond"), isDemanded },
        { of, limit: limits.tail, figure: times("p99Milliseconds"), isDemanded },
      ];
    });
}

/** Beside what AWS lets one account have, and beside moto_server where it is installed. */
function besideOthers({ operation, bare, subjects }: OperationReport): readonly Figure[] {
  const rateOf = (subject: string) =>
    subjects.find(({ name }) => name === subject)?.measured.requestsPerSecond ?? Number.NaN;
  const of = `${operation.name}, ${onSqlite}`;
  const [rate, moto] = [rateOf(onSqlite), rateOf(motoName)];
  const isFast = bare.requestsPerSecond >= barePerSecondMin;
  const isMotoHere = !Number.isNaN(moto);
  return [
    { of, limit: limits.quota, figure: rate, isDemanded: isFast },
    ...(isMotoHere ? [{ of, limit: limits.moto, figure: rate / moto, isDemanded: true }] : []),
  ];
}

function isHeld({ limit, figure, isDemanded }: Figure, spare: number): boolean {
  if (!isDemanded) return true;
  return limit.isLeast ? figure >= limit.held / spare : figure <= limit.held * spare;
}

function said({ of, limit, figure, isDemanded }: Figure, spare: number): string {
  const { says, aim, held, isLeast } = limit;
  const demanded = (isLeast ? held / spare : held * spare).toFixed(2);
  return `${says}, ${of}: ${figure.toFixed(2)} (aim ${aim}${isDemanded ? `, limit ${demanded}` : ""})`;
}

function page(figures: readonly Figure[], text: string): string {
  return [
    "# Performance",
    "",
    "Written by `npm run prove -- benchmark --full`; `npm run bench` prints the same beside decisions,",
    "scale and the client library. `npm run bench -- --flame GetSecretValue` draws a flame graph.",
    "",
    "## Aims, and what holds",
    "",
    "What holds is demanded by the claim, of a quiet machine; the last column is this run's.",
    "",
    "| | | aim | holds | this run |",
    "|---|---|---:|---:|---:|",
    ...figures.map(figureRow),
    "",
    ...Object.values<Limit>(limits).map(
      ({ says, limitedBy }) => `- ${says}: limited by ${limitedBy}`,
    ),
    "",
    text,
  ].join("\n");
}

function figureRow({ of, limit, figure, isDemanded }: Figure): string {
  const { says, aim, held, isLeast } = limit;
  const sign = isLeast ? "≥" : "≤";
  const holds = isDemanded ? `${sign} ${held}` : "";
  return `| ${says} | ${of} | ${sign} ${aim} | ${holds} | ${figure.toFixed(2)} |`;
}
