/** Reveals one version of a secret: the hot path of the whole vault. */
import { labelsOf } from "../../secrets/versions.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { type Call, operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { unlessEmpty } from "./description.ts";
import { authorizeOpening, requireSharedKey } from "./encryption-key.ts";
import { secretId, versionStage } from "./members.ts";

interface Choice {
  readonly SecretId: string;
  readonly VersionId?: string | undefined;
  readonly VersionStage?: string | undefined;
}

export const getSecretValue = operation({
  name: "GetSecretValue",
  isReadOnly: true,
  input: structure({
    SecretId: required(secretId),
    VersionId: string({ min: 32, max: 64 }),
    VersionStage: versionStage,
  }),
  permit: permitRead,
  run: (_input, granted, call) => revealed(granted, call),
});

/** The permits to read the chosen version of a secret: the secret's own and its key's. */
export async function permitRead({ SecretId, VersionId, VersionStage }: Choice, call: Call) {
  const { secrets } = call.vault;
  const secret = await secrets.locate(call.scope, SecretId);
  const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
  const permit = authorizeSecret(call, "secretsmanager:GetSecretValue", secret, (name) => {
    if (name === "secretsmanager:versionid") return VersionId;
    return name === "secretsmanager:versionstage" ? stage : undefined;
  });
  requireSharedKey(call, secrets.active(permit));
  const version = await secrets.version(permit, {
    versionId: VersionId,
    versionStage: VersionStage,
    isRevokedGiven: call.principal.isRotation,
  });
  return { permit, version, keyPermit: await authorizeOpening(call, secret.arn, version.body) };
}

/** The secret's value as GetSecretValue and BatchGetSecretValue give it. */
export async function revealed(
  { permit, version, keyPermit }: Awaited<ReturnType<typeof permitRead>>,
  { vault, notes }: Call,
) {
  const { arn, name, stages } = vault.secrets.active(permit);
  const { versionId, createdDate } = version.body;
  const value = await vault.secrets.reveal(permit, version, keyPermit);
  notes.versionId = versionId;
  return {
    ARN: arn,
    Name: name,
    VersionId: versionId,
    SecretString: value.form === "string" ? value.text : undefined,
    SecretBinary: value.form === "binary" ? value.bytes : undefined,
    VersionStages: unlessEmpty(labelsOf(stages, versionId)),
    CreatedDate: new Date(createdDate),
  };
}
