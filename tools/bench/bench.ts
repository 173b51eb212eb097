/**
 * `npm run bench`: the performance report, as ratios in one run. `--quick` is for a first look and
 * for CI, `npm run bench -- server` and `-- client` for one part alone, `--flame OPERATION` for a
 * flame graph, `--plan` to write the planning page anew.
 */
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startOidcIssuer } from "../harness/oidc-issuer.ts";
import { fullSize, measureClient, reducedSize } from "./client/measure.ts";
import { clientReport } from "./client/report.ts";
import { measureDecisions } from "./decisions.ts";
import { flameGraph } from "./flame.ts";
import { operationCalled } from "./operations.ts";
import { writePlanningPage } from "./plan/page.ts";
import { profileOperations } from "./profile.ts";
import { markdownOf, measurePerformance, sizes } from "./report.ts";
import { measureScale, smallSize } from "./scale.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    flame: { type: "string" },
    plan: { type: "boolean", default: false },
  },
});
const isWanted = (part: string) => positionals.length === 0 || positionals.includes(part);

if (values.flame !== undefined) {
  await drawFlame(values.flame);
} else if (values.plan) {
  print(await writePlanningPage(root));
} else {
  const size = values.quick ? sizes.reduced : sizes.full;
  if (isWanted("server")) print(markdownOf(await measurePerformance(root, size)));
  if (isWanted("decisions")) await printDecisions(size.rounds);
  if (isWanted("scale")) await printScale();
  if (isWanted("client")) await printClient();
}

async function drawFlame(name: string): Promise<void> {
  const operation = operationCalled(name);
  const issuer = await startOidcIssuer();
  const [profiled] = await profileOperations(root, issuer, [operation], 5);
  await issuer.close();
  if (profiled === undefined) throw new Error("nothing was profiled");
  const folder = mkdtempSync(join(tmpdir(), "claviger-flame-"));
  const [svg, cpuProfile] = [join(folder, `${name}.svg`), join(folder, `${name}.cpuprofile`)];
  writeFileSync(svg, flameGraph(profiled.profile, `${name}: the main thread's busy time`));
  copyFileSync(profiled.file, cpuProfile);
  print(`${svg}\n  opens in a browser; a frame says more while the pointer rests on it`);
  print(`${cpuProfile}\n  opens in Chrome's DevTools (Performance, load), VS Code or speedscope`);
}

async function printDecisions(rounds: number): Promise<void> {
  const measured = await measureDecisions(rounds);
  const { decisionMicroseconds, compileMicroseconds, oracleMicroseconds } = measured;
  print("## A decision over 10 policies of 3 statements, CPU time\n");
  print(`- vault: ${decisionMicroseconds.toFixed(2)} µs`);
  print(`- compiling them: ${compileMicroseconds.toFixed(0)} µs, when they change`);
  print(`- iam-simulate: ${oracleMicroseconds.toFixed(0)} µs, reading them each time`);
  const whole = decisionMicroseconds + compileMicroseconds;
  print(
    `- iam-simulate takes ${times(oracleMicroseconds / decisionMicroseconds)} a decision, ` +
      `${times(oracleMicroseconds / whole)} compiling and deciding\n`,
  );
}

/** The full size takes some ten minutes, most of them to fill the vault and to walk its lists. */
async function printScale(): Promise<void> {
  const size = values.quick
    ? { parameters: 20_000, secrets: 4_000 }
    : { parameters: 1_000_000, secrets: 200_000 };
  const { fillSeconds, startMilliseconds, read, lists, ...report } = await measureScale(root, size);
  print(`## ${size.parameters} parameters and ${size.secrets} secrets in one vault\n`);
  print(`- filled at ${((size.parameters + size.secrets) / fillSeconds).toFixed(0)} a second`);
  print(`- resident ${report.residentMegabytes.toFixed(0)} MB after all of these`);
  print(`- beside a vault of ${smallSize.parameters} and ${smallSize.secrets}:`);
  print(`  - start ${times(startMilliseconds.large / startMilliseconds.small)}`);
  print(
    `  - GetParameter of random names: median ${times(read.large.p50Milliseconds / read.small.p50Milliseconds)}, ` +
      `CPU ${times(read.large.cpuMicroseconds / read.small.cpuMicroseconds)}`,
  );
  print("- a page beside one at the start of its list:");
  for (const { name, costs } of lists) {
    const [middle, end] = [times(costs.middle / costs.start), times(costs.end / costs.start)];
    print(`  - ${name}: ${middle} in the middle, ${end} at the end`);
  }
  print("");
}

async function printClient(): Promise<void> {
  print("## The client library, beside what else an application may use\n");
  const measured = await measureClient(root, values.quick ? reducedSize : fullSize);
  for (const line of clientReport(measured)) print(line);
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
