/** What has to have come of a rotation whose vault was stopped: all of it, or nothing. */
import { asRoot } from "../../harness/aws-clients.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { demand } from "../claim.ts";
import type { CrashPoint } from "./crash-points.ts";
import type { RotatingSecret } from "./rotating-secret.ts";
import { untilPhase } from "./rotations.ts";

/** A lease that ran out, on a busy machine. */
export const endMillisecondsMax = 60_000;

export interface Ending {
  readonly point: CrashPoint;
  readonly secret: RotatingSecret;
  /** In words. */
  readonly where: string;
}

/** Whether it went on, and was not rolled back. `vault`: who goes on with it. */
export async function endsWell(
  { point, secret, where }: Ending,
  versionId: string,
  vault: VaultProcess,
): Promise<boolean> {
  const { arn: SecretId, provider } = secret;
  const ended = await untilPhase(vault, SecretId, ["succeeded", "failed"], endMillisecondsMax);
  const { Phase, FailureStep, FailureReason } = ended;
  const { secrets } = asRoot(vault);
  const { VersionIdsToStages = {} } = await secrets.describeSecret({ SecretId });
  const labels = Object.values(VersionIdsToStages).flat();
  const isMoved = VersionIdsToStages[versionId]?.includes("AWSCURRENT") === true;
  const said = FailureReason === undefined ? "" : `, since ${FailureStep} says: ${FailureReason}`;
  const isRight = isMoved === (Phase === "succeeded");
  demand(isRight, `${where}: it ${Phase}${said}, and the labels say otherwise`);
  demand(!labels.includes("AWSPENDING"), `${where}: it ${Phase}${said}, and AWSPENDING is left`);
  const { SecretString = "" } = await secrets.getSecretValue({ SecretId });
  demand(await provider.accepts(SecretString), `${where}: the provider refuses AWSCURRENT`);
  const tokens = await provider.tokens();
  // AWS's functions leave the token before the current one alive until the next rotation.
  const expected = point.kind === "function" ? 2 : 1;
  demand(tokens.length === expected, `${where}: the provider has the tokens ${tokens.join(", ")}`);
  return isMoved;
}
