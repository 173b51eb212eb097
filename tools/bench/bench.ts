/**
 * `npm run bench`: the performance report, as ratios in one run. `--quick` is for a first look,
 * `npm run bench -- client` for the client library alone.
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fullSize, measureClient, reducedSize } from "./client/measure.ts";
import { clientReport } from "./client/report.ts";
import { measureDecisions } from "./decisions.ts";
import type { Measured } from "./load.ts";
import { measureReads, profileReads, type ReadReport } from "./reads.ts";
import { measureScale, smallSize } from "./scale.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});
const size = values.quick ? { rounds: 1, secondsPerRound: 2 } : { rounds: 5, secondsPerRound: 5 };

print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`);
if (!positionals.includes("client")) await printVault();
await printClient();

async function printVault(): Promise<void> {
  print(`medians of ${size.rounds} rounds of ${size.secondsPerRound} s, 64 keep-alive connections`);
  print("the load generator shares the machine: read the ratios, not the absolute figures");
  for (const report of await measureReads(root, size)) printReport(report);
  await printDecisions();
  await printScale();
  print(
    "\nWhere the time of GetSecretValue goes (share of the vault's busy time, all threads, waiting for the disk included)",
  );
  for (const [layer, share] of await profileReads(root, size.secondsPerRound)) {
    if (share >= 0.01) print(`  ${(share * 100).toFixed(1).padStart(5)} %  ${layer}`);
  }
}

async function printClient(): Promise<void> {
  print("\nThe client library, beside what else an application may use");
  for (const line of clientReport(
    await measureClient(root, values.quick ? reducedSize : fullSize),
  )) {
    print(`  ${line}`);
  }
}

function printReport({ name, vault, bare, moto }: ReadReport): void {
  print(`\n${name}, signed, authorised, decrypted, durably audited`);
  print("               requests/s  CPU µs/request   p50 ms   p99 ms   resident MB");
  row("bare server", bare);
  row("vault", vault);
  if (moto === undefined) print("  moto_server    not installed here");
  else row("moto_server", moto);
  print(
    `  CPU per request: ${times(vault.cpuMicroseconds / bare.cpuMicroseconds)} the bare server's`,
  );
  print(
    `  throughput: ${times(vault.requestsPerSecond / bare.requestsPerSecond)} the bare server's`,
  );
  const auditShare = (100 * vault.auditCpuMicroseconds) / vault.cpuMicroseconds;
  print(`  the audit log's thread: ${auditShare.toFixed(0)} % of the vault's CPU`);
  if (moto !== undefined) {
    print(`  throughput: ${times(vault.requestsPerSecond / moto.requestsPerSecond)} moto_server's`);
  }
}

async function printDecisions(): Promise<void> {
  const measured = await measureDecisions(size.rounds);
  const { decisionMicroseconds, compileMicroseconds, oracleMicroseconds } = measured;
  print("\nA decision over 10 policies of 3 statements, CPU time");
  print(`  vault           ${decisionMicroseconds.toFixed(2)} µs`);
  print(`  compiling them  ${compileMicroseconds.toFixed(0)} µs, when they change`);
  print(`  iam-simulate    ${oracleMicroseconds.toFixed(0)} µs, reading them each time`);
  const whole = decisionMicroseconds + compileMicroseconds;
  print(
    `  iam-simulate takes ${times(oracleMicroseconds / decisionMicroseconds)} a decision, ` +
      `${times(oracleMicroseconds / whole)} compiling and deciding`,
  );
}

/** The full size takes some ten minutes, most of them to fill the vault and to walk its lists. */
async function printScale(): Promise<void> {
  const size = values.quick
    ? { parameters: 20_000, secrets: 4_000 }
    : { parameters: 1_000_000, secrets: 200_000 };
  const { fillSeconds, startMilliseconds, read, lists, ...report } = await measureScale(root, size);
  print(`\n${size.parameters} parameters and ${size.secrets} secrets in one vault`);
  print(
    `  filled at       ${((size.parameters + size.secrets) / fillSeconds).toFixed(0)} a second`,
  );
  print(`  resident        ${report.residentMegabytes.toFixed(0)} MB after all of these`);
  print(`  beside a vault of ${smallSize.parameters} and ${smallSize.secrets}`);
  print(`    start         ${times(startMilliseconds.large / startMilliseconds.small)}`);
  print(
    `    GetParameter  median ${times(read.large.p50Milliseconds / read.small.p50Milliseconds)}, ` +
      `CPU ${times(read.large.cpuMicroseconds / read.small.cpuMicroseconds)}, of random names`,
  );
  print("  a page beside one at the start of its list");
  for (const { name, costs } of lists) {
    const [middle, end] = [times(costs.middle / costs.start), times(costs.end / costs.start)];
    print(`    ${name.padEnd(34)} ${middle} in the middle, ${end} at the end`);
  }
}

function row(name: string, measured: Measured): void {
  const figures = [
    measured.requestsPerSecond.toFixed(0).padStart(11),
    measured.cpuMicroseconds.toFixed(1).padStart(15),
    measured.p50Milliseconds.toFixed(1).padStart(8),
    measured.p99Milliseconds.toFixed(1).padStart(8),
    measured.residentMegabytes.toFixed(0).padStart(13),
  ];
  print(`  ${name.padEnd(12)}${figures.join(" ")}`);
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
