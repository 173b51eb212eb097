/** A run as somebody at a terminal sees it: a line a step, what is waited for, and for whom. */
import { timeLeft } from "../terminal/age.ts";
import { coloured, type Style } from "../terminal/colour.ts";
import { visible } from "../terminal/visible.ts";
import { dyingKey } from "./progress.ts";
import { readerLine } from "./readers.ts";
import type { Phase, RotationRun, Step } from "./rotation.ts";
import { dueInWords, dueStyle } from "./rotations-table.ts";

/** Of a run that goes on: what it is at now stands last. For standard error. */
export function progressLines(run: RotationRun, now: number): string[] {
  return [...stepLines(run, now), ...lastLines(run, now)];
}

type Mark = "done" | "now" | "next" | "failed";

const marks: Readonly<Record<Mark, readonly [sign: string, style: Style]>> = {
  done: ["✔", "green"],
  now: ["●", "cyan"],
  next: ["·", "dim"],
  failed: ["✘", "red"],
};

const steps = [
  ["createSecret", "create", "a new key is made"],
  ["byHand", "by hand", "somebody makes the new key, and stores it"],
  ["setSecret", "set", "the provider takes it"],
  ["testSecret", "test", "it works"],
  ["finishSecret", "finish", "it is AWSCURRENT, and every new read gets it"],
] as const satisfies readonly (readonly [step: Phase, word: string, says: string])[];

function stepLines(run: RotationRun, now: number): string[] {
  const order = steps.map(([step]): string => step);
  const at = order.indexOf(run.phase ?? "");
  const isOver = at === -1;
  if (run.isTestOnly) {
    const taken = lastTaken(run, "testSecret");
    return line(isOver ? "done" : "now", "test", "it could be rotated", taken, now);
  }
  const isStored = lastTaken(run, "testSecret") !== undefined || at > order.indexOf("byHand");
  // What was finished is not current any more.
  if (run.isRolledBack) {
    return line("done", "back", "the version before is AWSCURRENT again", undefined, now);
  }
  return steps.flatMap(([step, word, says], index) => {
    const taken = lastTaken(run, step);
    const isByHand = run.instructions !== undefined;
    if (isByHand ? step === "createSecret" || step === "setSecret" : step === "byHand") return [];
    if (step === run.phase) {
      const due = step === "byHand" ? dueLines(run, now) : [];
      return [...line("now", word, says, taken, now), ...due];
    }
    if (taken?.endedDate !== undefined || (step === "byHand" && isStored)) {
      return line("done", word, says, taken, now);
    }
    return isOver || index < at ? [] : line("next", word, says, undefined, now);
  });
}

function lastLines(run: RotationRun, now: number): string[] {
  const revoked = lastTaken(run, "revokeSecret");
  const again = againLines(run, now);
  switch (run.phase) {
    case "overlap":
      return overlapLines(run, now);
    case "revokeOld":
      return [
        ...ended(run, now),
        ...line("now", "revoke", `${dyingKey(run)} dies`, revoked, now),
        ...again,
      ];
    case "succeeded":
      return [
        ...ended(run, now),
        ...(revoked === undefined
          ? []
          : revokedLines(run, "revoke", `${dyingKey(run)} is dead`, revoked, now)),
      ];
    case "rollBack":
      return [
        ...line("now", "undo", "the new key dies; AWSCURRENT stays as it was", revoked, now),
        ...again,
      ];
    case "failed":
      return [
        ...(revoked === undefined
          ? []
          : revokedLines(
              run,
              "undo",
              "the new key is dead; AWSCURRENT is as it was",
              revoked,
              now,
            )),
        ...again,
      ];
    case "finishSecret":
      return again;
    default:
      return [];
  }
}

/** Where a person has to do it nobody here knows whether it is done. */
function revokedLines(
  { revocationInstructions }: RotationRun,
  word: string,
  says: string,
  taken: Step,
  now: number,
): string[] {
  if (revocationInstructions === undefined) return line("done", word, says, taken, now);
  return [
    ...line("now", word, "by hand, at the provider:", undefined, now),
    ...beneath(revocationInstructions),
  ];
}

/** Who is to make the key, and by when. */
function dueLines({ dueDate, owner }: RotationRun, now: number): string[] {
  if (dueDate === undefined) return [];
  const due = coloured(dueStyle(dueDate, now), dueInWords(dueDate, now), process.stderr);
  const date = dueDate.toISOString().slice(0, 10);
  const whose = owner === undefined ? "nobody owns the secret" : `of ${visible(owner)}`;
  return [`              ${due} (${date}), ${whose}`];
}

/** Of keys that were to die beside all rotations, but for what the rotation itself asks for. */
export function revocationLines(run: RotationRun, now: number): string[] {
  const { revocations = [], phase, revocationInstructions: asked } = run;
  const own = phase === "succeeded" ? run.oldVersionId : run.clientRequestToken;
  const revoked = lastTaken(run, "revokeSecret");
  const isDead = revoked?.endedDate !== undefined && revoked.error === undefined;
  const isSaid = asked !== undefined || isDead;
  const others = revocations.filter((each) => !isSaid || each.versionId !== own);
  return others.flatMap(({ versionId, revocationInstructions: how, ...revocation }) => {
    const which = `the key of version ${versionId}`;
    if (how !== undefined) {
      return [
        ...line("now", "revoke", `${which}: by hand, at the provider:`, undefined, now),
        ...beneath(how),
      ];
    }
    const { failureReason, nextAttemptDate } = revocation;
    if (failureReason === undefined) return line("now", "revoke", `${which} dies`, undefined, now);
    // It may never have been made.
    const why = `${which} may still be good: ${visible(failureReason)}`;
    return [...line("failed", "revoke", why, undefined, now), ...againIn(nextAttemptDate, now)];
  });
}

function beneath(text: string): string[] {
  return text.split("\n").map((line) => `              ${visible(line)}`);
}

/** After a failure, until it is tried once more. */
function againLines({ failureStep, nextAttemptDate }: RotationRun, now: number): string[] {
  return failureStep === undefined ? [] : againIn(nextAttemptDate, now);
}

function againIn(date: Date | undefined, now: number): string[] {
  if (date === undefined || date.getTime() <= now) return [];
  return beneath(`tried again in ${timeLeft(date, now)}`);
}

function ended(run: RotationRun, now: number): string[] {
  if (run.graceUntil === undefined) return [];
  const { laggardCount = 0 } = run;
  const says =
    laggardCount === 0
      ? `every reader has ${run.isRolledBack ? "moved back" : "the new key"}`
      : `ended, although ${readersHave(laggardCount)} ${dyingKey(run)}`;
  return line("done", "overlap", says, undefined, now);
}

/** Who holds the old key is known from the first look on. */
function overlapLines(run: RotationRun, now: number): string[] {
  const { graceUntil, laggards = [], laggardCount } = run;
  const isGrace = graceUntil !== undefined && graceUntil.getTime() > now;
  const life = isGrace
    ? `${dyingKey(run)} lives for ${timeLeft(graceUntil, now)} more`
    : `${dyingKey(run)}'s time is over`;
  const holding = laggardCount ? `${readersHave(laggardCount)} it still` : "nobody has it any more";
  const still = isGrace ? `; ${holding}` : `, but ${holding}; --force ends it all the same`;
  const isSaid = isGrace ? laggardCount !== undefined : Boolean(laggardCount);
  const unnamed = (laggardCount ?? 0) - laggards.length;
  return [
    ...line("now", "overlap", isSaid ? life + still : life, undefined, now),
    ...laggards.map((each) => `              ${readerLine(each, now)}`),
    ...(unnamed > 0 ? [`              and ${unnamed} more`] : []),
  ];
}

function readersHave(count: number): string {
  return count === 1 ? "1 reader has" : `${count} readers have`;
}

/** A step that failed says why, whatever it was to be. */
function line(
  mark: Mark,
  word: string,
  says: string,
  taken: Step | undefined,
  now: number,
): string[] {
  if (taken?.error !== undefined && mark !== "failed") {
    return line("failed", word, visible(taken.error), taken, now);
  }
  const [sign, style] = marks[mark];
  const text = `${word.padEnd(8)}  ${says}`;
  const said = mark === "next" ? dim(text) : text;
  return [
    `  ${coloured(style, sign, process.stderr)} ${said}${mark === "next" ? "" : took(taken, now)}`,
  ];
}

function took(step: Step | undefined, now: number): string {
  if (step === undefined) return "";
  const milliseconds = (step.endedDate?.getTime() ?? now) - step.startedDate.getTime();
  return dim(` (${(Math.max(0, milliseconds) / 1000).toFixed(1)} s)`);
}

function dim(text: string): string {
  return coloured("dim", text, process.stderr);
}

/** In the newest attempt. */
function lastTaken({ steps: taken = [] }: RotationRun, step: string): Step | undefined {
  const first = taken.findLastIndex((each) => each.step === "createSecret");
  return taken.slice(Math.max(0, first)).findLast((each) => each.step === step);
}
