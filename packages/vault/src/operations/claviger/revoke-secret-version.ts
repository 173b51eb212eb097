/**
 * An emergency: from the reply on no node gives the version out to anybody, whoever may read the
 * secret. Its key is taken back at the provider where its rotator can, and the reply tells who
 * had it.
 */
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { secretId, versionStage } from "../secretsmanager/members.ts";
import { readerOutput } from "./rotation-output.ts";
import { permitOnSecret } from "./secret-permit.ts";

export const revokeSecretVersion = operation({
  name: "RevokeSecretVersion",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    VersionId: string({ min: 32, max: 64 }),
    VersionStage: versionStage,
    Reason: string({ min: 1, max: 256 }),
  }),
  permit: ({ SecretId }, call) => permitOnSecret(call, "RevokeSecretVersion", SecretId),
  async run({ VersionId, VersionStage, Reason }, permit, { vault, notes }) {
    const { record, versionId } = await vault.secrets.revocation.revoke(permit, {
      versionId: VersionId,
      versionStage: VersionStage,
      reason: Reason,
    });
    const { arn, name } = record;
    notes.versionId = versionId;
    notes.responseElements = { arn, name, versionId };
    const providerRevocation = await vault.rotations.revokeVersion(permit, versionId);
    notes.responseElements = { arn, name, versionId, providerRevocation };
    const readers = await vault.rotationReports.readers(permit, { versionId });
    return {
      ARN: arn,
      Name: name,
      VersionId: versionId,
      ProviderRevocation: providerRevocation,
      Readers: readers.map(readerOutput),
    };
  },
});
