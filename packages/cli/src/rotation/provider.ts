/** Whether the key that was revoked in the vault is dead at its provider. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandFailure } from "../failure.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { visible } from "../terminal/visible.ts";
import type { RotationRun } from "./rotation.ts";
import { describeRotation, type Revoked } from "./vault-rotations.ts";

const lookMilliseconds = 250;
const waitMillisecondsMax = 60_000;

/** How the key ends at its provider. */
export type End =
  | { readonly provider: "revoked" }
  /** Nothing here can: `instructions` tell a person how, where its rotator knows. */
  | { readonly provider: "by hand"; readonly instructions?: string };

/** Rejects with CommandFailure where it lives on at the provider, who is asked again. */
export async function awaitProvider(
  reference: Reference,
  { versionId, providerRevocation }: Revoked,
): Promise<End> {
  if (providerRevocation === "NotSupported") return { provider: "by hand" };
  const deadline = Date.now() + waitMillisecondsMax;
  showProgress("asking the provider to revoke the key");
  try {
    for (;;) {
      const state = stateOf(await describeRotation(reference), versionId);
      if (state.phase !== "revokeOld") return endOf(state);
      if (state.failureReason !== undefined || Date.now() > deadline) {
        throw livesOn(reference, state.failureReason);
      }
      await sleep(lookMilliseconds);
    }
  } finally {
    clearProgress();
  }
}

type State = Pick<RotationRun, "phase" | "failureReason" | "revocationInstructions">;

function endOf({ revocationInstructions: instructions }: State): End {
  return instructions === undefined
    ? { provider: "revoked" }
    : { provider: "by hand", instructions };
}

/** The old key of a rotation that has succeeded dies with that; any other one by itself. */
function stateOf(run: RotationRun | undefined, versionId: string): State {
  const own = run?.revocations?.find((each) => each.versionId === versionId);
  if (own !== undefined) return own;
  const isOfRun = run?.phase === "revokeOld" || run?.phase === "succeeded";
  return isOfRun && run.oldVersionId === versionId ? run : {};
}

function livesOn(reference: Reference, reason = "it has not answered yet"): CommandFailure {
  return new CommandFailure(
    `the key of ${printed(reference)} is still good at its provider: ${visible(reason)}`,
    "the provider is asked again until the key is dead; or revoke it by hand",
  );
}
