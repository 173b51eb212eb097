/**
 * A rehearsal: the whole rotation on the staging secret, until its old key is dead, and how long
 * each of its readers took to move.
 */
import { CommandFailure, exitCodes } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { timeLeft } from "../terminal/age.ts";
import { type Row, table } from "../terminal/table.ts";
import { beginOrJoin } from "./begin.ts";
import { storeByHand } from "./by-hand.ts";
import { follow } from "./follow.ts";
import { hasSucceeded } from "./progress.ts";
import { addressOf, nameOf, sessionOf } from "./readers.ts";
import { type Production, productionOf, stagingOf } from "./rehearsal-tag.ts";
import type { Reader, RotationRun } from "./rotation.ts";
import { readSecret } from "./secret.ts";
import { describeRotation } from "./vault-rotations.ts";

export interface Rehearsal {
  readonly production: Production;
  readonly staging: Reference;
  readonly run: RotationRun;
}

/** `on` is the staging secret as it was typed; else the production secret's tag names it. */
export async function rehearse(
  reference: Reference,
  on: string | undefined,
  file: string | undefined,
): Promise<Rehearsal> {
  const known = on === undefined ? await productionOf(reference) : undefined;
  const staging = known === undefined ? readSecret(on ?? "") : stagingOf(known);
  const before = await describeRotation(staging);
  if (before === undefined) throw noVault(staging);
  const production = known ?? (await productionOf(reference));
  if (production.arn === before.arn) throw ofItself(reference);
  requireSameRotator(production, staging, before);
  await beginOrJoin(staging, { now: true }, true);
  const run = await follow(staging, {
    title: `Rehearsing on ${printed(staging)}`,
    isEnough: hasSucceeded,
    storeByHand: (waiting) => storeByHand(staging, waiting, file),
  });
  if (run === undefined) throw noVault(staging);
  return { production, staging, run };
}

/** Where both are known: by another one it would be no rehearsal, and not count as one. */
function requireSameRotator(production: Production, staging: Reference, run: RotationRun): void {
  if (production.rotator === undefined || run.rotator === undefined) return;
  if (production.rotator === run.rotator) return;
  throw new CommandFailure(
    `${printed(production.reference)} is rotated by ${production.rotator}, and ${printed(staging)} by ${run.rotator}: that would be no rehearsal`,
    `rotate both by the same: claviger rotate ${printed(staging)} --type or --function, with --no-now`,
  );
}

function ofItself(production: Reference): CommandFailure {
  return new CommandFailure(
    `${printed(production)} can't be its own rehearsal`,
    "name a secret of its own for staging, which other readers read: --on secretsmanager:NAME",
    exitCodes.wrongWords,
  );
}

function noVault(staging: Reference): CommandFailure {
  return new CommandFailure(
    "AWS doesn't tell who reads which version, so nothing can be rehearsed there",
    `rotate the staging secret, and watch its readers: claviger rotate ${printed(staging)}`,
  );
}

/** Who moved when, the slowest last. */
export function rehearsalReport({ run }: Rehearsal): string {
  const readers = (run.readers ?? []).toSorted((one, other) => movedAt(one) - movedAt(other));
  const rows = readers.map(
    (reader): Row => [nameOf(reader), sessionOf(reader), addressOf(reader), ...moved(reader, run)],
  );
  return table(["READER", "SESSION", "ADDRESS", "TOOK THE NEW KEY", "AFTER"], rows);
}

function moved({ movedDate }: Reader, run: RotationRun): readonly [string, string] {
  if (movedDate === undefined) return ["no, and its credentials expired", "-"];
  const at = `${movedDate.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  return [at, timeLeft(movedDate, run.finishedDate?.getTime())];
}

function movedAt({ movedDate }: Reader): number {
  return movedDate?.getTime() ?? Number.POSITIVE_INFINITY;
}
