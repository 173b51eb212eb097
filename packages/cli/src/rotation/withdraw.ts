/**
 * What AWS has in place of a revocation: a version without labels is deprecated, and deleted at some
 * time. Until then whoever knows its id may still read it.
 */
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { explained } from "../stores/failures.ts";
import { printed, type Reference } from "../stores/reference.ts";
import type { VersionEntry } from "../stores/store.ts";

/** Throws CommandFailure for AWSCURRENT, whose label can't be taken away. */
export function requireWithdrawable(reference: Reference, { isCurrent }: VersionEntry): void {
  if (!isCurrent) return;
  const typed = printed(reference);
  throw new CommandFailure(
    `AWS can't refuse reads of one version, and AWSCURRENT of ${typed} can't be taken away`,
    `revoke the key at its provider, then: claviger rotate ${typed}; meanwhile a resource policy that denies secretsmanager:GetSecretValue keeps readers out`,
  );
}

export async function withdraw(reference: Reference, version: VersionEntry): Promise<void> {
  const secretsManager = await aws.secretsManager();
  for (const VersionStage of version.labels) {
    await explained(reference, () =>
      secretsManager.updateSecretVersionStage({
        SecretId: reference.name,
        VersionStage,
        RemoveFromVersionId: version.version,
      }),
    );
  }
}
