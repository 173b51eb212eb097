/**
 * Runs claims as processes of their own, a few side by side, since most of them wait for what they
 * have started. Those that measure run one by one behind the others, with the machine to themselves.
 */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Claim } from "./claim.ts";

/** More would be in one another's way on the two cores that CI has. */
const lanes = 2;

/** Prints each claim's report when it has ended. Resolves with the number of those that hold. */
export async function sideBySide(claims: readonly Claim[], isFull: boolean): Promise<number> {
  const measuring = claims.filter(({ isMeasured }) => isMeasured === true);
  // The longest of them stand at the end of the list: begun last, they would be waited for alone.
  const waiting = claims.filter(({ isMeasured }) => isMeasured !== true).toReversed();
  const run = ({ name }: Claim) => report(name, isFull);
  return (await inLanes(waiting, lanes, run)) + (await inLanes(measuring, 1, run));
}

async function inLanes(
  claims: readonly Claim[],
  count: number,
  run: (claim: Claim) => Promise<boolean>,
): Promise<number> {
  const queue = [...claims];
  let held = 0;
  const lane = async () => {
    for (let claim = queue.shift(); claim !== undefined; claim = queue.shift()) {
      if (await run(claim)) held++;
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  return held;
}

/** Whether the claim holds, as its own process says. */
async function report(name: string, isFull: boolean): Promise<boolean> {
  const [program = ""] = process.argv.slice(1);
  const words = [...process.execArgv, program, name, ...(isFull ? ["--full"] : [])];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = await text(child.stdout);
  const code = await ended;
  // Its last lines count claims, of which there was one.
  process.stdout.write(said.replace(/\n\d+ passed, \d+ failed\n$/, ""));
  return code === 0;
}
