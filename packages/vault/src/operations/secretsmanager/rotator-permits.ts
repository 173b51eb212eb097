/** That a caller may have the rotator rotate, and that the rotator can. */
import { accessDenied } from "../../errors.ts";
import { type Capabilities, RotatorFailed } from "../../rotation/rotator.ts";
import { invalidParameter, invalidRequest } from "../../secrets/errors.ts";
import type { SecretRecord } from "../../secrets/records.ts";
import { configured, type RotationChange } from "../../secrets/rotation.ts";
import type { Call } from "../operation.ts";

export interface PermittedRotator {
  readonly name: string;
  readonly capabilities: Capabilities;
}

const serviceName = "secretsmanager.amazonaws.com";

/** Whoever sets a secret rotating must be allowed what the rotator then does for them. */
export async function permitRotator(
  call: Call,
  record: SecretRecord,
  change: RotationChange,
  isImmediate: boolean,
): Promise<PermittedRotator> {
  const rotation = configured(record, change);
  const { lambdaArn } = rotation;
  if (lambdaArn !== "") authorizeFunction(call, lambdaArn);
  if (change.external !== undefined) await passRole(call, record, change.external.roleArn);
  const rotator = call.vault.rotations.rotatorOf({ ...record, rotation });
  if (rotator === undefined) throw cannotInvoke();
  try {
    const problem = await rotator.problem();
    if (problem !== undefined) throw invalidParameter(problem);
    // To set and to test how it will rotate changes nothing for its readers.
    const missing = isImmediate
      ? await call.vault.rotations.missingRehearsal(record, rotator.name)
      : undefined;
    if (missing !== undefined) throw invalidRequest(missing);
    return { name: rotator.name, capabilities: await rotator.capabilities() };
  } catch (error) {
    if (error instanceof RotatorFailed) throw invalidRequest(`${error.reason}.`);
    throw error;
  }
}

/** Secrets Manager invokes a function on behalf of whoever configures it. */
function authorizeFunction(call: Call, arn: string): void {
  const accountId = arn.split(":")[4] ?? "";
  call.authorize("lambda:InvokeFunction", { arn, accountId, tags: {} });
}

async function passRole(call: Call, record: SecretRecord, roleArn: string): Promise<void> {
  const { roles } = call.vault.principals;
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  const role = { ...(await roles.locate(record.accountId, name)), arn: roleArn };
  call.authorize("iam:PassRole", role, { "iam:PassedToService": serviceName });
}

/** What AWS says of a function that it may not invoke: here that is one that nobody mapped. */
function cannotInvoke() {
  return accessDenied(
    `Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal ${serviceName}.`,
  );
}
