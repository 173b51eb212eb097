/**
 * Hits or calls of one contender in a process of its own, so that they are not measured in code that
 * the compiler has fitted to others, and whatever is left running ends with it. Prints JSON.
 */
import { measureCalls } from "./calls.ts";
import type { ContenderName } from "./contenders.ts";
import { startFarSide } from "./far-side.ts";
import { measureHits } from "./hits.ts";

const measures = { hits: measureHits, calls: measureCalls };

export type Measure = keyof typeof measures;

const [, , measure, name] = process.argv;
const measured = await measures[measure as Measure](name as ContenderName, await startFarSide());
process.stdout.write(JSON.stringify(measured), () => process.exit());
