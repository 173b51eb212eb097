/** An older version of a secret becomes AWSCURRENT again, in one call, if its key still works. */
import { aws } from "../aws.ts";
import { CommandFailure } from "../failure.ts";
import { explained } from "../stores/failures.ts";
import { printed, type Reference } from "../stores/reference.ts";
import type { VersionEntry } from "../stores/store.ts";
import { currentVersion } from "../stores/versions.ts";
import { visible } from "../terminal/visible.ts";
import { testVersion } from "./vault-rotations.ts";

/** The version's id. Nothing changes where the provider refuses its key. */
export async function rollBackSecret(
  reference: Reference,
  history: readonly VersionEntry[],
  { version }: VersionEntry,
): Promise<string> {
  await requireAlive(reference, version);
  const secretsManager = await aws.secretsManager();
  await explained(reference, () =>
    secretsManager.updateSecretVersionStage({
      SecretId: reference.name,
      VersionStage: "AWSCURRENT",
      RemoveFromVersionId: currentVersion(reference, history).version,
      MoveToVersionId: version,
    }),
  );
  return version;
}

/** Asks the provider: that a version is there says nothing of its key. */
async function requireAlive(reference: Reference, version: string): Promise<void> {
  const tested = await testVersion(reference, version);
  if (tested?.result === "Passed") return;
  if (tested?.result === "Failed") {
    const why = tested.reason === undefined ? "" : `: ${visible(tested.reason)}`;
    throw new CommandFailure(
      `the key of version ${version} of ${printed(reference)} does not work${why}`,
      `it stays as it is; make a new key: claviger rotate ${printed(reference)}`,
    );
  }
  const why = tested === undefined ? "AWS asks no provider" : "no rotator of this secret can ask";
  process.stderr.write(`note: whether that key still works is not known: ${why}\n`);
}
