/**
 * Configures a secret's rotation. Nothing here invokes a rotation function yet: what would begin a
 * rotation at once is refused, and what only sets the rules is kept.
 */
import { accessDenied } from "../../errors.ts";
import { invalidParameter } from "../../secrets/errors.ts";
import { checkRotation } from "../../secrets/rotation.ts";
import { boolean, refused, refusedList, required, string, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { clientRequestToken, requireToken, secretId } from "./members.ts";
import { readRotationRules, rotationRules } from "./rotation-rules.ts";

const external = "secrets of external partners are not there yet.";

export const rotateSecret = operation({
  name: "RotateSecret",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    ClientRequestToken: clientRequestToken,
    RotationLambdaARN: string({ min: 0, max: 2048 }),
    RotationRules: rotationRules,
    ExternalSecretRotationMetadata: refusedList(external),
    ExternalSecretRotationRoleArn: refused(external),
    RotateImmediately: boolean(),
  }),
  async permit(input, call) {
    const { secrets } = call.vault;
    const { RotationLambdaARN: lambdaArn, RotationRules: given } = input;
    const isImmediate = input.RotateImmediately ?? true;
    const secret = await secrets.locate(call.scope, input.SecretId);
    const permit = authorizeSecret(call, "RotateSecret", secret, {
      ...(lambdaArn && { "secretsmanager:RotationLambdaARN": lambdaArn }),
      "secretsmanager:ModifyRotationRules": String(given !== undefined),
      "secretsmanager:RotateImmediately": String(isImmediate),
    });
    // Unlike elsewhere it is the parameter that AWS finds wrong.
    requireToken(input.ClientRequestToken, invalidParameter);
    const change = { lambdaArn, rules: given && readRotationRules(given) };
    checkRotation(secrets.writable(permit), change);
    if (isImmediate) throw cannotInvoke();
    return { permit, change };
  },
  async run(_input, { permit, change }, { vault, notes }) {
    const { arn, name } = await vault.secrets.rotation.configure(permit, change);
    notes.responseElements = { arn, name };
    return { ARN: arn, Name: name };
  },
});

/** What AWS says of a function that it may not invoke: here that is every one. */
function cannotInvoke() {
  return accessDenied(
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
  );
}
