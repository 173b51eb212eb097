/**
 * Faults that machines have, one after the other, each with what was acknowledged before and found
 * afterwards, what clients saw, and how the vault told its operator. docs/faults.md keeps the table.
 */
import { type Claim, demand } from "../claim.ts";
import { clockSteps } from "../faults/clock.ts";
import { fullDisk, readOnlyDisk } from "../faults/disk.ts";
import type { Fault, Observation } from "../faults/fault.ts";
import { noFileDescriptors } from "../faults/file-descriptors.ts";
import { cutLog, damagedPage, tornLog } from "../faults/files.ts";
import { killedPostgres } from "../faults/postgres.ts";

const all: readonly Fault[] = [
  fullDisk,
  readOnlyDisk,
  tornLog,
  cutLog,
  damagedPage,
  clockSteps,
  noFileDescriptors,
  killedPostgres,
];

const writeMilliseconds = { reduced: 700, full: 5000 };

export const faults: Claim = {
  name: "faults",
  says: "whatever breaks, what was acknowledged is there, or the vault says what is lost and serves nothing as if it weren't",
  async run({ root, isFull, print }) {
    const size = { writeMilliseconds: isFull ? writeMilliseconds.full : writeMilliseconds.reduced };
    print(`| ${Object.values(columns).join(" | ")} |`);
    print(
      `|${Object.keys(columns)
        .map(() => "---")
        .join("|")}|`,
    );
    for (const fault of all) {
      const observed = await fault.run(root, size).catch((cause) => {
        throw new Error(`${fault.name}: ${cause instanceof Error ? cause.message : cause}`, {
          cause,
        });
      });
      demand(observed.acknowledged > 0, `${fault.name}: nothing was acknowledged`);
      print(line({ fault: fault.name, ...observed }));
    }
  },
};

const columns: Readonly<Record<keyof Observation | "fault", string>> = {
  fault: "fault",
  injected: "what was done",
  acknowledged: "acknowledged",
  found: "found afterwards",
  clients: "clients saw",
  health: "`/health`, or the start",
  recovery: "recovery",
};

function line(cells: Readonly<Record<keyof typeof columns, string | number>>): string {
  const names = Object.keys(columns) as (keyof typeof columns)[];
  return `| ${names.map((name) => String(cells[name]).replaceAll("|", "\\|")).join(" | ")} |`;
}
