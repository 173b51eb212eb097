/** An emergency: the key of one version is to die at its provider, whatever else goes on. */
import type { SecretRecord } from "../secrets/records.ts";
import { current, versionAt } from "../secrets/versions.ts";
import { retryOnConflict } from "../storage/storage.ts";
import type { EngineParts } from "./engine-parts.ts";
import { dying } from "./overlap.ts";
import { begun, runOf } from "./requests.ts";
import { RotatorFailed } from "./rotator.ts";
import { putRotation, revocationKey, rotationTable } from "./run.ts";

export type ProviderRevocation = "Started" | "NotSupported";

/** Started also where it had been before. What can't be asked now is asked until it answers. */
export async function revokeAtProvider(
  parts: EngineParts,
  secret: SecretRecord,
  versionId: string,
): Promise<ProviderRevocation> {
  const { storage, clock, randomness } = parts;
  const rotator = parts.rotators.of(secret);
  const capabilities = await rotator?.capabilities().catch((error) => {
    if (error instanceof RotatorFailed) return undefined;
    throw error;
  });
  if (rotator === undefined || !capabilities?.revokes) return "NotSupported";
  await retryOnConflict(async () => {
    const now = clock.now();
    const run = await runOf(storage, secret);
    // One that somebody went back to is no longer the overlap's to revoke.
    const isOld = run?.body.oldVersionId === versionId && !isCurrent(secret, versionId);
    if (run?.body.phase === "overlap" && isOld) {
      return storage.commit([putRotation(dying(run.body, now), run)]);
    }
    const there = await storage.get(rotationTable, revocationKey(secret, versionId));
    if (there !== undefined) return undefined;
    const request = {
      token: randomness.uuid(),
      isImmediate: true,
      requestedBy: undefined,
      rotator: rotator.name,
      capabilities,
    };
    const base = begun(secret, request, "request", now);
    const revocation = {
      ...base,
      oldVersionId: versionId,
      isRevocation: true,
      untold: [],
    } as const;
    return storage.commit([putRotation(dying(revocation, now), "absent")]);
  });
  return "Started";
}

function isCurrent({ stages }: SecretRecord, versionId: string): boolean {
  return versionAt(stages, current) === versionId;
}
