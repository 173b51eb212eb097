/**
 * One contender in a process of its own, so that it is not measured in code that the compiler has
 * fitted to another, and whatever it leaves running ends with it. Prints JSON.
 */
import { type Calls, measureCalls } from "./calls.ts";
import type { ContenderName } from "./contenders.ts";
import { startFarSide } from "./far-side.ts";
import { type Hits, measureHits } from "./hits.ts";

export interface Measured {
  readonly hits: Hits;
  readonly calls: Calls;
}

const name = process.argv[2] as ContenderName;
const farSide = await startFarSide();
const measured: Measured = {
  hits: await measureHits(name, farSide),
  calls: await measureCalls(name, farSide),
};
process.stdout.write(JSON.stringify(measured), () => process.exit());
