/**
 * Waits for a run, drawn live at a terminal. The run is the vault's: it goes on whether or not
 * anybody looks, and a node that is being restarted is waited for.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isOutage } from "../aws-failure.ts";
import { CommandFailure, exitCodes } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { LiveBlock } from "../terminal/live-block.ts";
import { hangingLines } from "./hanging-lines.ts";
import { hasFailed, heldBack, notRotated, revocationError, stillGood } from "./progress.ts";
import { progressLines } from "./progress-lines.ts";
import type { RotationRun } from "./rotation.ts";
import { describeRotation } from "./vault-rotations.ts";

export interface Wait {
  readonly title: string;
  isEnough(run: RotationRun): boolean;
  /** Stores the value that somebody has made; it is asked for once. */
  storeByHand(run: RotationRun): Promise<void>;
}

/** Rejects with CommandFailure where the rotation fails; undefined where no vault answers. */
export async function follow(reference: Reference, wait: Wait): Promise<RotationRun | undefined> {
  const block = new LiveBlock();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once("SIGINT", interrupt);
  try {
    return await followed(reference, wait, block, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new CommandFailure(
      "interrupted",
      `the rotation goes on by itself; see how: claviger rotations ${printed(reference)}`,
      exitCodes.interrupted,
    );
  } finally {
    process.off("SIGINT", interrupt);
    block.leave();
  }
}

async function followed(
  reference: Reference,
  { title, isEnough, storeByHand }: Wait,
  block: LiveBlock,
  signal: AbortSignal,
): Promise<RotationRun | undefined> {
  let isStored = false;
  let isNoted = false;
  let isVault = false;
  const drawn = (run: RotationRun) => {
    const lines = progressLines(run, Date.now());
    block.draw([title, ...hangingLines(lines, process.stderr.columns || 80)]);
  };
  for (;;) {
    const run = await described(reference, isVault, signal);
    if (run === undefined) return undefined;
    isVault = true;
    drawn(run);
    if (hasFailed(run)) throw notRotated(reference, run, Date.now());
    if (isEnough(run)) return run;
    const error = revocationError(run);
    if (error !== undefined) throw stillGood(reference, run, error);
    if (!isNoted && !process.stderr.isTTY && run.phase === "overlap" && run.laggardCount) {
      process.stderr.write(`note: ${heldBack(reference, run)}\n`);
      isNoted = true;
    }
    if (run.phase === "byHand" && !isStored) {
      block.leave();
      await storeByHand(run);
      isStored = true;
    }
    await passed(pauseMilliseconds(run), () => drawn(run), signal);
  }
}

const outageMillisecondsMax = 60_000;

async function described(
  reference: Reference,
  isVault: boolean,
  signal: AbortSignal,
): Promise<RotationRun | undefined> {
  const deadline = Date.now() + outageMillisecondsMax;
  for (;;) {
    const isLast = Date.now() > deadline;
    try {
      const run = await describeRotation(reference);
      // A proxy may have answered in its place.
      if (run !== undefined || !isVault || isLast) return run;
    } catch (error) {
      if (!isOutage(error) || isLast) throw error;
    }
    await sleep(drawMilliseconds, undefined, { signal });
  }
}

const drawMilliseconds = 1000;

/** Steps are quick; an overlap lasts for hours, and each look at it is an event of the trail. */
function pauseMilliseconds({ phase, graceUntil, laggardCount }: RotationRun): number {
  if (phase !== "overlap") return quickMilliseconds;
  const left = (graceUntil?.getTime() ?? 0) - Date.now();
  if (left > 60_000) return 15_000;
  // Its end is near where it waits for nobody.
  return laggardCount ? 2000 : Math.min(Math.max(left, quickMilliseconds), 2000);
}

const quickMilliseconds = 250;

/** Countdowns go on meanwhile. */
async function passed(milliseconds: number, draw: () => void, signal: AbortSignal): Promise<void> {
  const end = Date.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - Date.now()) {
    await sleep(Math.min(left, drawMilliseconds), undefined, { signal });
    draw();
  }
}
