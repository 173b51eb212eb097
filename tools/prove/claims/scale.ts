/**
 * A million parameters and 200,000 secrets in one embedded vault: it starts as quickly, a read of
 * a random name costs what it costs among a thousand, a page costs the same wherever it lies in
 * its list, and memory stays within bounds. Every list is walked to its end: all are there.
 */
import type { PageCosts } from "../../bench/page-costs.ts";
import { measureScale, smallSize } from "../../bench/scale.ts";
import { type Claim, demand } from "../claim.ts";

const startMillisecondsMax = 2000;
const residentMegabytesMax = 300;
const readRatioMax = 1.5;
/** Beside what a page costs at the start of its list; a median of a hundred still has its noise. */
const pageRatioMax = 1.5;

const sizes = {
  full: { parameters: 1_000_000, secrets: 200_000 },
  reduced: { parameters: 20_000, secrets: 4_000 },
};
/** CI's machines are noisy: starts and reads need room there, pages are compared with pages. */
const leeway = { full: 1, reduced: 1.5 };

export const scale: Claim = {
  name: "scale",
  says: "a million parameters and 200,000 secrets: start, reads, pages and memory as with a thousand",
  isMeasured: true,
  async run({ root, isFull, print }) {
    const size = isFull ? sizes.full : sizes.reduced;
    const spare = isFull ? leeway.full : leeway.reduced;
    const report = await measureScale(root, size);
    const records = size.parameters + size.secrets;
    print(
      `${size.parameters} parameters and ${size.secrets} secrets filled in ${report.fillSeconds.toFixed(0)} s (${(records / report.fillSeconds).toFixed(0)} a second)`,
    );

    const { startMilliseconds: start, read } = report;
    print(`start: ${start.large.toFixed(0)} ms, with a thousand ${start.small.toFixed(0)} ms`);
    const readRatio = read.large.p50Milliseconds / read.small.p50Milliseconds;
    const cpuRatio = read.large.cpuMicroseconds / read.small.cpuMicroseconds;
    print(
      `GetParameter of random names beside a vault of ${smallSize.parameters}: median ${readRatio.toFixed(2)} × (${read.large.p50Milliseconds.toFixed(2)} ms), CPU ${cpuRatio.toFixed(2)} ×`,
    );
    for (const { name, names, costs } of report.lists) {
      print(`${name}: ${names} names; a page ${shown(costs)}`);
    }
    print(`resident: ${report.residentMegabytes.toFixed(0)} MB after all that`);

    for (const { name, names, distinctNames, expected, costs } of report.lists) {
      demand(names === distinctNames, `${name} lists ${names - distinctNames} names twice`);
      demand(names === expected, `${name} lists ${names} of ${expected} names`);
      const dearest = Math.max(costs.middle, costs.end) / costs.start;
      demand(dearest <= pageRatioMax, `${name}: a page costs ${shown(costs)}`);
    }
    demand(readRatio <= readRatioMax * spare, `a read takes ${readRatio.toFixed(2)} times as long`);
    demand(cpuRatio <= readRatioMax * spare, `a read costs ${cpuRatio.toFixed(2)} times the CPU`);
    demand(
      start.large <= startMillisecondsMax * spare,
      `it starts in ${start.large.toFixed(0)} ms`,
    );
    demand(
      report.residentMegabytes <= residentMegabytesMax,
      `it holds ${report.residentMegabytes.toFixed(0)} MB`,
    );
  },
};

function shown({ start, middle, end }: PageCosts): string {
  return `${start.toFixed(2)} ms at the start, × ${(middle / start).toFixed(2)} in the middle, × ${(end / start).toFixed(2)} at the end`;
}
