/** Takes a secret's resource policy away; there need not be one. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";

export const deleteResourcePolicy = operation({
  name: "DeleteResourcePolicy",
  isReadOnly: false,
  input: structure({ SecretId: required(secretId) }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:DeleteResourcePolicy", secret);
  },
  async run(_input, permit, { vault, notes }) {
    const { arn, name } = await vault.secrets.administration.deletePolicy(permit);
    notes.responseElements = { arn, name };
    return { ARN: arn, Name: name };
  },
});
