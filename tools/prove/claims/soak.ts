/**
 * Half an hour of mixed load on SQLite and on three nodes of PostgreSQL, with rotation and faults:
 * memory stays flat, and no client sees an error that was not injected. `--full` keeps the report.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { machine } from "../../bench/machine.ts";
import type { Fifth } from "../../soak/memory.ts";
import { failuresOf, markdownOf } from "../../soak/report.ts";
import { type SoakSize, soak, type VaultReport } from "../../soak/soak.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";

const sizes: Readonly<Record<"reduced" | "full", SoakSize>> = {
  reduced: {
    seconds: 20,
    callsPerSecond: { sqlite: 40, postgres: 60 },
    streams: 4,
    keyRotationSeconds: 3,
    fillsCaches: false,
    steps: [
      [0.1, "cut connections"],
      [0.2, "kill node"],
      [0.4, "rekey sqlite"],
      [0.45, "rekey postgres"],
      [0.6, "kill database"],
    ],
  },
  full: {
    seconds: 1800,
    callsPerSecond: { sqlite: 40, postgres: 60 },
    streams: 20,
    keyRotationSeconds: 30,
    fillsCaches: true,
    steps: [
      [0.02, "cut connections"],
      [0.05, "kill node"],
      [0.15, "kill database"],
      [0.22, "rekey sqlite"],
      [0.25, "rekey postgres"],
      [0.3, "kill node"],
      [0.35, "kill database"],
      [0.4, "suspend node"],
      [0.47, "cut connections"],
      [0.52, "rekey sqlite"],
      [0.55, "rekey postgres"],
      [0.6, "kill database"],
      [0.65, "kill node"],
      [0.7, "suspend node"],
      [0.77, "cut connections"],
      [0.85, "rekey sqlite"],
      [0.88, "rekey postgres"],
      [0.92, "kill node"],
      [0.95, "kill database"],
      [0.97, "kill sqlite"],
    ],
  },
};

/** Twenty seconds are all warming up: there it only tells that nothing runs away. */
const growth = {
  full: { ratio: 1.1, megabytes: 8 },
  reduced: { ratio: 1.5, megabytes: 64 },
};

export const soakClaim: Claim = {
  name: "soak",
  says: "half an hour of mixed load with rotation and faults: memory flat, no error not injected",
  async run({ root, isFull, print }) {
    const report = await soak(root, isFull ? sizes.full : sizes.reduced, print);
    // Kept also where the claim does not hold: it says why.
    if (isFull) writeFileSync(join(root, "docs/soak.md"), markdownOf(report, machine()));
    for (const vault of report.vaults) {
      printVault(vault, print);
      demandUnharmed(vault);
      demandFlat(vault, isFull ? growth.full : growth.reduced);
    }
  },
};

function printVault({ world, streams, memory, trail }: VaultReport, print: ClaimRun["print"]) {
  const { answers } = world;
  print(
    `${world.name}: ${answers.requests.size} requests answered; failures: ${failuresOf(answers)}`,
  );
  print(`  ${streams.events} events heard over ${streams.opened} streams; audit chains: ${trail}`);
  for (const [process, [, second, , , last]] of memory) {
    if (second === undefined || last === undefined) continue;
    const grown = (figure: keyof Fifth) =>
      `${second[figure].toFixed(0)} → ${last[figure].toFixed(0)} MB`;
    print(`  ${process}: resident ${grown("residentMegabytes")}, heap ${grown("heapMegabytes")}`);
  }
}

function demandUnharmed({ world, strange, missed }: VaultReport): void {
  const [wrong] = world.wrong;
  demand(wrong === undefined, `${world.wrong.length} wrong answers: ${wrong}`);
  const [first] = strange;
  demand(
    first === undefined,
    `${strange.length} errors that were not injected: ${first?.node}, ${first?.operation}: ${first?.what}`,
  );
  demand(missed.length === 0, `${missed.length} changes were not heard of: ${missed[0]}`);
}

/** From the second fifth, when V8 and the C library have settled too, to the last. */
function demandFlat(
  { world, memory }: VaultReport,
  { ratio, megabytes }: { readonly ratio: number; readonly megabytes: number },
): void {
  const lived = [...memory].filter(([, [, second, , , last]]) => second && last);
  demand(lived.length > 0, `no process of ${world.name} lived through the run`);
  for (const [process, [, second, , , last]] of lived) {
    for (const figure of ["residentMegabytes", "heapMegabytes"] as const) {
      const [before, after] = [second?.[figure] ?? 0, last?.[figure] ?? 0];
      const grown = `${process}'s ${figure} grew from ${before.toFixed(0)} to ${after.toFixed(0)}`;
      demand(after <= before * ratio + megabytes, grown);
    }
  }
}
