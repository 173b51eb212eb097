/** Reveals one version of a secret: the hot path of the whole vault. */
import type { Permit } from "../../authorization/authorize.ts";
import type { KeyResource } from "../../keys/keys.ts";
import type { SecretPermit, SecretResource, VersionRow } from "../../secrets/records.ts";
import { labelsOf } from "../../secrets/versions.ts";
import { required, string, structure } from "../../shapes/shapes.ts";
import { type Soon, soon } from "../../soon.ts";
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

interface PermittedRead {
  readonly permit: SecretPermit<"GetSecretValue">;
  readonly version: VersionRow;
  readonly keyPermit: Permit<"kms:Decrypt", KeyResource>;
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
export function permitRead(choice: Choice, call: Call): Soon<PermittedRead> {
  const { secrets } = call.vault;
  return soon(secrets.locate(call.scope, choice.SecretId), (secret) => {
    const permit = authorizeRead(choice, secret, call);
    requireSharedKey(call, secrets.active(permit));
    const versionChoice = {
      versionId: choice.VersionId,
      versionStage: choice.VersionStage,
      isRevokedGiven: call.principal.isRotation,
    };
    return soon(secrets.version(permit, versionChoice), (version) =>
      soon(authorizeOpening(call, secret.arn, version.body), (keyPermit) => ({
        permit,
        version,
        keyPermit,
      })),
    );
  });
}

function authorizeRead({ VersionId, VersionStage }: Choice, secret: SecretResource, call: Call) {
  const stage = VersionStage ?? (VersionId === undefined ? "AWSCURRENT" : undefined);
  return authorizeSecret(call, "secretsmanager:GetSecretValue", secret, (name) => {
    if (name === "secretsmanager:versionid") return VersionId;
    return name === "secretsmanager:versionstage" ? stage : undefined;
  });
}

/** The secret's value as GetSecretValue and BatchGetSecretValue give it. */
export function revealed({ permit, version, keyPermit }: PermittedRead, { vault, notes }: Call) {
  const { arn, name, stages } = vault.secrets.active(permit);
  const { versionId, createdDate } = version.body;
  return soon(vault.secrets.reveal(permit, version, keyPermit), (value) => {
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
  });
}
