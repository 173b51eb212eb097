/** Every rotation in a line: when it was, when it will be, how it is now, and what it waits for. */
import { age, timeLeft } from "../terminal/age.ts";
import type { Style } from "../terminal/colour.ts";
import { type Cell, type Row, table } from "../terminal/table.ts";
import type { Phase, Rotation } from "./rotation.ts";

export function rotationsTable(rotations: readonly Rotation[], now: number): string {
  if (rotations.length === 0)
    return "No secret that you may describe is rotated yet: claviger rotate --help\n";
  const titles = ["SECRET", "SCHEDULE", "LAST", "NEXT", "STATE", "OVERLAP", "LAGGARDS"];
  return table(
    titles,
    rotations.map((each) => rowOf(each, now)),
  );
}

function rowOf(rotation: Rotation, now: number): Row {
  const { name, lastRotatedDate, phase, graceUntil, laggardCount } = rotation;
  const isOverlap = phase === "overlap";
  return [
    name,
    scheduleOf(rotation),
    lastRotatedDate === undefined ? "never" : age(lastRotatedDate, now),
    nextOf(rotation, now),
    stateOf(rotation, now),
    isOverlap && graceUntil !== undefined ? timeLeft(graceUntil, now) : "-",
    isOverlap && laggardCount ? { text: String(laggardCount), style: "yellow" } : "-",
  ];
}

export function scheduleOf({
  scheduleExpression,
  automaticallyAfterDays,
  rotationEnabled,
}: Rotation): string {
  if (rotationEnabled === false) return "off";
  if (scheduleExpression !== undefined) return scheduleExpression;
  if (automaticallyAfterDays === undefined) return "-";
  return automaticallyAfterDays === 1 ? "every day" : `every ${automaticallyAfterDays} days`;
}

function nextOf({ nextRotationDate, rotationEnabled }: Rotation, now: number): string {
  if (nextRotationDate === undefined || rotationEnabled === false) return "-";
  const isDue = nextRotationDate.getTime() <= now;
  return isDue ? "due" : `in ${timeLeft(nextRotationDate, now)}`;
}

const states: Readonly<Record<Phase, readonly [text: string, style: Style]>> = {
  createSecret: ["creating", "cyan"],
  byHand: ["by hand: value due", "yellow"],
  setSecret: ["setting", "cyan"],
  testSecret: ["testing", "cyan"],
  finishSecret: ["finishing", "cyan"],
  overlap: ["both keys live", "cyan"],
  revokeOld: ["revoking the old key", "cyan"],
  rollBack: ["revoking the new key", "yellow"],
  succeeded: ["rotated", "green"],
  failed: ["failed", "red"],
  cancelled: ["cancelled", "dim"],
  pending: ["under way, or failed", "yellow"],
};

function stateOf(rotation: Rotation, now: number): Cell | string {
  const { phase, isTestOnly, failureStep, nextAttemptDate, graceUntil, dueDate } = rotation;
  if (phase === undefined) return "-";
  if (failureStep !== undefined && waitsAfterFailure(rotation, now)) {
    const again = nextAttemptDate && `, again in ${timeLeft(nextAttemptDate, now)}`;
    return { text: `${failureStep} failed${again ?? ""}`, style: "red" };
  }
  if (phase === "overlap" && graceUntil !== undefined && graceUntil.getTime() <= now) {
    return { text: "waits for laggards", style: "yellow" };
  }
  if (phase === "byHand" && dueDate !== undefined) {
    return { text: `by hand: ${dueInWords(dueDate, now)}`, style: dueStyle(dueDate, now) };
  }
  const [text, style] = states[phase];
  return { text: isTestOnly && phase === "succeeded" ? "tested" : text, style };
}

/** `due in 6d 12h`, or `overdue 2d`. */
export function dueInWords(dueDate: Date, now: number): string {
  const due = dueDate.getTime();
  if (Math.abs(due - now) < minute) return "due now";
  return due > now ? `due in ${timeLeft(dueDate, now)}` : `overdue ${age(dueDate, now)}`;
}

export function dueStyle(dueDate: Date, now: number): Style {
  return dueDate.getTime() > now ? "yellow" : "red";
}

const minute = 60_000;

/** Its failure is told until it goes on. */
function waitsAfterFailure({ phase, nextAttemptDate }: Rotation, now: number): boolean {
  if (phase === "failed") return true;
  const isWaiting = nextAttemptDate !== undefined && nextAttemptDate.getTime() > now;
  return isWaiting && (phase === "finishSecret" || phase === "rollBack" || phase === "revokeOld");
}
