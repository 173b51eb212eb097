/** Reveals one version of a secret: the hot path of the whole vault. */
import { labelsOf } from "../../secrets/versions.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { unlessEmpty } from "./description.ts";
import { authorizeOpening } from "./encryption-key.ts";
import { secretId, versionStage } from "./members.ts";

export const getSecretValue = operation({
  name: "GetSecretValue",
  isReadOnly: true,
  input: structure({
    SecretId: required(secretId),
    VersionId: string({ min: 32, max: 64 }),
    VersionStage: versionStage,
  }),
  async permit({ SecretId, VersionId, VersionStage }, call) {
    const { secrets } = call.vault;
    const secret = await secrets.locate(call.scope, SecretId);
    const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
    const permit = authorizeSecret(call, "GetSecretValue", secret, (name) => {
      if (name === "secretsmanager:versionid") return VersionId;
      return name === "secretsmanager:versionstage" ? stage : undefined;
    });
    const version = await secrets.version(permit, {
      versionId: VersionId,
      versionStage: VersionStage,
    });
    return { permit, version, keyPermit: await authorizeOpening(call, secret.arn, version.body) };
  },
  async run(_input, { permit, version, keyPermit }, { vault, notes }) {
    const { arn, name, stages } = vault.secrets.active(permit);
    const { versionId, createdDate } = version.body;
    const value = await vault.secrets.reveal(permit, version, keyPermit);
    notes.versionId = versionId;
    return {
      ARN: arn,
      Name: name,
      VersionId: versionId,
      ...(value.form === "string" ? { SecretString: value.text } : { SecretBinary: value.bytes }),
      VersionStages: unlessEmpty(labelsOf(stages, versionId)),
      CreatedDate: new Date(createdDate),
    };
  },
});
