/** The end of an overlap by somebody's own choice. */
import { invalidRequest } from "../secrets/errors.ts";
import type { SecretRecord } from "../secrets/records.ts";
import { current, versionAt } from "../secrets/versions.ts";
import { retryOnConflict } from "../storage/storage.ts";
import type { EngineParts } from "./engine-parts.ts";
import { dying, turnedRound } from "./overlap.ts";
import { runOf } from "./requests.ts";
import { putRotation, type RotationRun } from "./run.ts";

/** The run as it was before. Throws InvalidRequestException where no old key lives on. */
export function endOverlap(
  { storage, clock }: Pick<EngineParts, "storage" | "clock">,
  secret: SecretRecord,
): Promise<RotationRun> {
  return retryOnConflict(async () => {
    const run = await runOf(storage, secret);
    if (run?.body.phase !== "overlap") {
      throw invalidRequest("The secret has no rotation whose old key is still alive.");
    }
    const now = clock.now();
    const isBack = versionAt(secret.stages, current) === run.body.oldVersionId;
    // Then it is the newer key that has to go.
    const asItIs = isBack ? turnedRound(run.body, now) : run.body;
    const next = asItIs.phase === "overlap" ? dying(asItIs, now) : asItIs;
    await storage.commit([putRotation(next, run)]);
    return run.body;
  });
}
