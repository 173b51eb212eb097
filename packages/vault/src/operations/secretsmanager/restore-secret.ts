/** Takes a secret back from its recovery window. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";

export const restoreSecret = operation({
  name: "RestoreSecret",
  isReadOnly: false,
  input: structure({ SecretId: required(secretId) }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:RestoreSecret", secret);
  },
  async run(_input, permit, { vault, notes }) {
    const { arn, name } = await vault.secrets.restore(permit);
    notes.responseElements = { arn, name };
    return { ARN: arn, Name: name };
  },
});
