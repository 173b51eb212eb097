/** Tells what is wrong with a resource policy before it is attached. */
import { secretsResource } from "../../secrets/records.ts";
import { isPublic } from "../../secrets/resource-policies.ts";
import { required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";
import {
  lockoutMessage,
  locksOut,
  publicMessage,
  readResourcePolicy,
  resourcePolicy,
} from "./resource-policy.ts";

export const validateResourcePolicy = operation({
  name: "ValidateResourcePolicy",
  isReadOnly: true,
  input: structure({ SecretId: secretId, ResourcePolicy: required(resourcePolicy) }),
  async permit({ SecretId }, call) {
    const { secrets } = call.vault;
    if (SecretId === undefined) {
      const every = secretsResource(call.scope);
      call.authorize("secretsmanager:ValidateResourcePolicy", every);
      call.authorize("secretsmanager:PutResourcePolicy", every);
      return undefined;
    }
    const secret = await secrets.locate(call.scope, SecretId);
    const permit = authorizeSecret(call, "secretsmanager:ValidateResourcePolicy", secret);
    authorizeSecret(call, "secretsmanager:PutResourcePolicy", secret);
    secrets.active(permit);
    return secret;
  },
  async run({ ResourcePolicy }, secret, call) {
    const { compiled } = await readResourcePolicy(call, secret?.arn ?? "*", ResourcePolicy);
    const findings = [
      { isFound: isPublic(compiled), CheckName: "PublicPolicyCheck", ErrorMessage: publicMessage },
      {
        isFound: secret !== undefined && locksOut(call, secret, compiled),
        CheckName: "LockoutCheck",
        ErrorMessage: lockoutMessage,
      },
    ];
    const errors = findings.filter(({ isFound }) => isFound);
    return {
      PolicyValidationPassed: errors.length === 0,
      ValidationErrors: errors.map(({ CheckName, ErrorMessage }) => ({ CheckName, ErrorMessage })),
    };
  },
});
