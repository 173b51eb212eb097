/** Rotations of a secret, asked for and waited for as an operator does. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { askVault } from "../../harness/ask-vault.ts";
import { asRoot } from "../../harness/aws-clients.ts";
import type { VaultProcess } from "../../harness/vault-process.ts";
import { demand } from "../claim.ts";

/** What DescribeRotation answers, as far as claims look at it. */
export interface DescribedRotation {
  readonly Phase: string;
  readonly ClientRequestToken: string;
  readonly OldVersionId?: string;
  readonly FailureStep?: string;
  readonly FailureReason?: string;
  /** Dates are seconds since the epoch. */
  readonly Steps: readonly {
    readonly Step: string;
    readonly StartedDate: number;
    readonly EndedDate?: number;
  }[];
  readonly GraceUntil?: number;
  readonly LaggardCount?: number;
  readonly Laggards?: readonly {
    readonly PrincipalArn: string;
    readonly SessionName?: string;
    readonly SourceAddress: string;
    readonly VersionId: string;
  }[];
}

/** Begins one; resolves with the id of the version that comes to be. */
export async function beginRotation(
  vault: VaultProcess,
  SecretId: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const asked = { SecretId, ClientRequestToken: randomUUID(), ...settings };
  const { VersionId = "" } = await asRoot(vault).secrets.rotateSecret(asked);
  return VersionId;
}

export function describeRotation(
  vault: VaultProcess,
  SecretId: string,
): Promise<DescribedRotation> {
  return askVault(vault, "DescribeRotation", { SecretId });
}

/** Polls until the newest rotation is in one of the phases. */
export async function untilPhase(
  vault: VaultProcess,
  secretId: string,
  phases: readonly string[],
  millisecondsMax = 30_000,
): Promise<DescribedRotation> {
  const deadline = performance.now() + millisecondsMax;
  for (;;) {
    const rotation = await describeRotation(vault, secretId);
    if (phases.includes(rotation.Phase)) return rotation;
    const late = `${secretId} is in phase ${rotation.Phase} and not ${phases.join(" or ")}`;
    demand(performance.now() < deadline, `${late}${whyOf(rotation)}`);
    await sleep(20);
  }
}

function whyOf({ FailureStep, FailureReason, Laggards = [] }: DescribedRotation): string {
  const laggards = Laggards.map(
    ({ PrincipalArn, VersionId }) => `${PrincipalArn} has ${VersionId}`,
  );
  const failure = FailureReason === undefined ? [] : [`${FailureStep}: ${FailureReason}`];
  return [...failure, ...laggards].map((reason) => `; ${reason}`).join("");
}
