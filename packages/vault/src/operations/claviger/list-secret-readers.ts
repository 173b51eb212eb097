/** Who read a secret, or one version of it, as far back as the audit trail goes. */
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { secretId } from "../secretsmanager/members.ts";
import { readerOutput } from "./rotation-output.ts";
import { permitOnSecret } from "./secret-permit.ts";

export const listSecretReaders = operation({
  name: "ListSecretReaders",
  isReadOnly: true,
  input: structure({ SecretId: required(secretId), VersionId: string({ min: 32, max: 64 }) }),
  permit: ({ SecretId }, call) => permitOnSecret(call, "ListSecretReaders", SecretId),
  async run({ VersionId: versionId }, permit, { vault }) {
    const readers = await vault.rotationReports.readers(permit, { versionId });
    return { Readers: readers.map(readerOutput) };
  },
});
