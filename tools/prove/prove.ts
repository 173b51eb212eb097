/**
 * `npm run prove` lists the project's claims; `npm run prove -- NAME` runs one (`--full` at full
 * size, `--all` every one) and exits with 1 if it does not hold.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Claim } from "./claim.ts";
import { accessTableClaim } from "./claims/access-table.ts";
import { benchmark } from "./claims/benchmark.ts";
import { clientFaults } from "./claims/client-faults.ts";
import { clientFigures } from "./claims/client-figures.ts";
import { consumers } from "./claims/consumers.ts";
import { differential } from "./claims/differential.ts";
import { envCorpus } from "./claims/env-corpus.ts";
import { everyMember } from "./claims/every-member.ts";
import { faults } from "./claims/faults.ts";
import { firstEvening } from "./claims/first-evening.ts";
import { firstStart } from "./claims/first-start.ts";
import { forged } from "./claims/forged.ts";
import { fourWays } from "./claims/four-ways.ts";
import { guides } from "./claims/guides.ts";
import { hostileInput } from "./claims/hostile-input.ts";
import { importSecrecy } from "./claims/import-secrecy.ts";
import { killNine } from "./claims/kill-nine.ts";
import { labels } from "./claims/labels.ts";
import { laggard } from "./claims/laggard.ts";
import { lifeCycles } from "./claims/life-cycles.ts";
import { negativeControls } from "./claims/negative-controls.ts";
import { nodes } from "./claims/nodes.ts";
import { onMoto } from "./claims/on-moto.ts";
import { packed } from "./claims/packed.ts";
import { paginators } from "./claims/paginators.ts";
import { pythonRotators } from "./claims/python-rotators.ts";
import { realClients } from "./claims/real-clients.ts";
import { reconnect } from "./claims/reconnect.ts";
import { rekey } from "./claims/rekey.ts";
import { restoreDrill } from "./claims/restore-drill.ts";
import { rotationCrash } from "./claims/rotation-crash.ts";
import { rotationWeather } from "./claims/rotation-weather.ts";
import { scale } from "./claims/scale.ts";
import { soakClaim } from "./claims/soak.ts";
import { sideBySide } from "./side-by-side.ts";

const claims: readonly Claim[] = [
  firstStart,
  packed,
  consumers,
  clientFigures,
  realClients,
  fourWays,
  firstEvening,
  guides,
  importSecrecy,
  onMoto,
  clientFaults,
  envCorpus,
  benchmark,
  differential,
  killNine,
  faults,
  nodes,
  soakClaim,
  reconnect,
  rekey,
  rotationWeather,
  pythonRotators,
  rotationCrash,
  laggard,
  restoreDrill,
  accessTableClaim,
  forged,
  lifeCycles,
  everyMember,
  labels,
  hostileInput,
  paginators,
  scale,
  negativeControls,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: "boolean", default: false }, all: { type: "boolean", default: false } },
});
const chosen = values.all ? claims : claims.filter(({ name }) => positionals.includes(name));
const unknown = positionals.filter((word) => !claims.some(({ name }) => name === word));

if (unknown.length > 0) {
  process.stderr.write(`error: no claim is called ${unknown[0]}\nhint: npm run prove lists them\n`);
  process.exitCode = 2;
} else if (chosen.length === 0) {
  const wide = Math.max(...claims.map(({ name }) => name.length));
  for (const { name, says } of claims) process.stdout.write(`${name.padEnd(wide)}  ${says}\n`);
  process.stdout.write("\nnpm run prove -- NAME runs one; --full at full size; --all runs all.\n");
} else {
  const held = values.all ? await sideBySide(claims, values.full) : await oneByOne(chosen);
  process.stdout.write(`\n${held} passed, ${chosen.length - held} failed\n`);
  if (held < chosen.length) process.exitCode = 1;
}

async function oneByOne(chosen: readonly Claim[]): Promise<number> {
  let held = 0;
  for (const claim of chosen) if (await holds(claim)) held++;
  return held;
}

async function holds(claim: Claim): Promise<boolean> {
  const startedAt = performance.now();
  process.stdout.write(`\n${claim.name}${values.full ? " (full size)" : ""}: ${claim.says}\n`);
  try {
    await claim.run({
      root: fileURLToPath(new URL("../..", import.meta.url)),
      isFull: values.full,
      print: (line) => process.stdout.write(`  ${line}\n`),
    });
    process.stdout.write(`✔ holds (${seconds(startedAt)} s)\n`);
    return true;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    process.stdout.write(`✘ does not hold (${seconds(startedAt)} s): ${what}\n`);
    return false;
  }
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}
