/**
 * The vault's engine beside an independent one over random policies. They may differ only where
 * AWS's documentation decides for the vault: docs/decisions/0011 has every such rule, and
 * `differential/documented.ts` tells them apart from any other difference.
 */
import { randomInt } from "node:crypto";
import fc from "fast-check";
import { type Claim, demand } from "../claim.ts";
import { type Case, cases } from "../differential/cases.ts";
import { compare } from "../differential/compare.ts";
import { documented } from "../differential/documented.ts";

/** The same cases on every reduced run: CI judges the change, not the draw. */
const reducedSeed = 20_261_122;
const caseCount = { full: 100_000, reduced: 3_000 };
/** What each way to decide must be met with, or agreement would mean little. */
const shareMin = 0.005;

export const differential: Claim = {
  name: "differential",
  says: "over random policies the vault decides as iam-simulate does, or as AWS documents",
  async run({ isFull, print }) {
    const seed = isFull ? randomInt(2 ** 31) : reducedSeed;
    const numRuns = isFull ? caseCount.full : caseCount.reduced;
    print(`${numRuns} cases, seed ${seed}`);
    let agreed = 0;
    const seen = new Map<string, number>();
    const differences = new Map<string, number>(documented.map(({ name }) => [name, 0]));
    const result = await fc.check(
      fc.asyncProperty(cases, async (given) => {
        const { here, because } = await compare(given);
        increment(seen, here);
        if (because === undefined) agreed += 1;
        for (const rule of because ?? []) increment(differences, rule);
        return because === undefined || because.length > 0;
      }),
      { numRuns, seed },
    );
    if (result.counterexample !== null) await printCase(result.counterexample[0], print);
    demand(!result.failed, `a difference that nothing documented explains (seed ${seed})`);
    const share = (count: number) => `${((count / numRuns) * 100).toFixed(1)} %`;
    for (const [reason, count] of sorted(seen)) print(`${share(count).padStart(7)}  ${reason}`);
    print(`both say the same of ${agreed}; of the others AWS's documentation decides:`);
    for (const [rule, count] of sorted(differences)) print(`${String(count).padStart(7)}  ${rule}`);
    for (const [reason, count] of seen) {
      demand(count >= numRuns * shareMin, `only ${count} cases were decided by ${reason}`);
    }
  },
};

async function printCase(given: Case, print: (line: string) => void): Promise<void> {
  const { here, there } = await compare(given);
  print(`the vault says ${here}, the oracle ${there}:`);
  for (const line of JSON.stringify(given, undefined, 1).split("\n")) print(line);
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, one], [, other]) => other - one);
}
