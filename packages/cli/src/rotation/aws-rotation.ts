/**
 * Waits for a rotation on AWS, which tells only when the labels have moved: neither its steps nor
 * why one failed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { labelsOf } from "./aws-rotations.ts";

const lookMilliseconds = 1000;
const waitMillisecondsMax = 5 * 60_000;

export async function awaitAwsRotation(reference: Reference, versionId: string): Promise<void> {
  const startedAt = Date.now();
  try {
    for (;;) {
      const labels = await labelsOf(reference, versionId);
      if (labels.includes("AWSCURRENT")) return;
      const waited = Date.now() - startedAt;
      if (waited > waitMillisecondsMax) throw notYet(reference, labels);
      showProgress(`rotating ${printed(reference)}: ${Math.round(waited / 1000)} s`);
      await sleep(lookMilliseconds);
    }
  } finally {
    clearProgress();
  }
}

function notYet(reference: Reference, labels: readonly string[]): CommandFailure {
  const state = labels.includes("AWSPENDING")
    ? "its new version is still AWSPENDING"
    : "nothing came";
  return new CommandFailure(
    `${printed(reference)} was not rotated within ${waitMillisecondsMax / 60_000} minutes: ${state}`,
    "AWS goes on trying; why it fails stands in the log of the rotation function, and as RotationFailed in CloudTrail",
  );
}
