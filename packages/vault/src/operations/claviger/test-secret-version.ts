/** Whether the provider accepts the key of a version, which need not be the current one. */
import { required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { secretId } from "../secretsmanager/members.ts";
import { permitOnSecret } from "./secret-permit.ts";

export const testSecretVersion = operation({
  name: "TestSecretVersion",
  // The rotator is asked, and reads the version: but nothing is different afterwards.
  isReadOnly: true,
  input: structure({
    SecretId: required(secretId),
    VersionId: required(string({ min: 32, max: 64 })),
  }),
  permit: ({ SecretId }, call) => permitOnSecret(call, "TestSecretVersion", SecretId),
  async run({ VersionId }, permit, { vault, notes }) {
    const { result, reason } = await vault.rotations.testVersion(permit, VersionId);
    notes.versionId = VersionId;
    return { Result: result, Reason: reason };
  },
});
