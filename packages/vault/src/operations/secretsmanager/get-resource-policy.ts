/** Shows the resource policy of a secret, with the unique id of each principal that is gone. */
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";

export const getResourcePolicy = operation({
  name: "GetResourcePolicy",
  isReadOnly: true,
  input: structure({ SecretId: required(secretId) }),
  async permit({ SecretId }, call) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    return authorizeSecret(call, "secretsmanager:GetResourcePolicy", secret);
  },
  async run(_input, permit, { vault }) {
    const { arn, name, policy } = vault.secrets.administration.policyOf(permit);
    const { named } = vault.principals;
    return {
      ARN: arn,
      Name: name,
      ResourcePolicy: policy && (await named.shownPolicy(policy.document, policy.principals)),
    };
  },
});
