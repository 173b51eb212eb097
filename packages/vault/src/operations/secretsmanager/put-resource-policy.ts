/** Attaches a resource policy to a secret, in place of the one that it has. */
import { ApiError } from "../../errors.ts";
import { isPublic } from "../../secrets/resource-policies.ts";
import { boolean, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";
import {
  lockoutMessage,
  locksOut,
  malformedPolicy,
  publicMessage,
  readResourcePolicy,
  resourcePolicy,
} from "./resource-policy.ts";

export const putResourcePolicy = operation({
  name: "PutResourcePolicy",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    ResourcePolicy: required(resourcePolicy),
    BlockPublicPolicy: boolean(),
  }),
  async permit({ SecretId, ResourcePolicy, BlockPublicPolicy: isBlocked }, call) {
    const { secrets } = call.vault;
    const secret = await secrets.locate(call.scope, SecretId);
    const permit = authorizeSecret(call, "secretsmanager:PutResourcePolicy", secret, {
      ...(isBlocked !== undefined && { "secretsmanager:BlockPublicPolicy": String(isBlocked) }),
    });
    const { arn } = secrets.writable(permit);
    const { policy, compiled } = await readResourcePolicy(call, arn, ResourcePolicy);
    if (isBlocked && isPublic(compiled)) {
      throw new ApiError("PublicPolicyException", publicMessage);
    }
    if (locksOut(call, secret, compiled)) throw malformedPolicy(lockoutMessage);
    return { permit, policy };
  },
  async run(_input, { permit, policy }, { vault, notes }) {
    const { arn, name } = await vault.secrets.administration.putPolicy(permit, policy);
    notes.responseElements = { arn, name };
    return { ARN: arn, Name: name };
  },
});
