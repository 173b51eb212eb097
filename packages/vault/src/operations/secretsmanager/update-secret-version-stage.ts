/** Moves a staging label to another version, or takes it away. */

import type { SecretPermit } from "../../secrets/records.ts";
import type { StageCopies } from "../../secrets/staging.ts";
import { labelsOf } from "../../secrets/versions.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId, versionStage } from "./members.ts";
import { permitOpenings, permitReplicas } from "./replica-keys.ts";

const versionId = string({ min: 32, max: 64 });

export const updateSecretVersionStage = operation({
  name: "UpdateSecretVersionStage",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    VersionStage: required(versionStage),
    RemoveFromVersionId: versionId,
    MoveToVersionId: versionId,
  }),
  async permit({ SecretId, VersionStage, MoveToVersionId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    const permit = authorizeSecret(call, "secretsmanager:UpdateSecretVersionStage", secret, {
      "secretsmanager:VersionStage": VersionStage,
    });
    return { permit, copies: await permitCopies(call, permit, MoveToVersionId) };
  },
  async run(input, { permit, copies }, { vault, notes }) {
    const move = {
      label: input.VersionStage,
      removeFromVersionId: input.RemoveFromVersionId,
      moveToVersionId: input.MoveToVersionId,
    };
    const { arn, name } = await vault.secrets.moveStage(permit, move, copies);
    notes.responseElements = { arn, name };
    return { ARN: arn, Name: name };
  },
});

/** Replicas have no version without a label: one that is to get a label is copied to them. */
async function permitCopies(
  call: Call,
  permit: SecretPermit<"UpdateSecretVersionStage">,
  versionId: string | undefined,
): Promise<StageCopies> {
  const record = call.vault.secrets.writable(permit);
  const { replicas = [], stages } = record;
  const isNewToReplicas =
    replicas.length > 0 && versionId !== undefined && labelsOf(stages, versionId).length === 0;
  if (!isNewToReplicas) return { openings: [], replicaKeys: [] };
  const openings = await permitOpenings(call, permit, [versionId]);
  return typeof openings === "string"
    ? {
        openings: [],
        replicaKeys: replicas.map(({ region }) => ({ region, problem: openings })),
      }
    : { openings, replicaKeys: await permitReplicas(call, record, [versionId]) };
}
