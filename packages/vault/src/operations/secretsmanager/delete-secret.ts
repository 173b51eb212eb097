/** Schedules a secret for deletion after a recovery window, or deletes it at once. */
import { invalidParameter } from "../../secrets/errors.ts";
import { boolean, integer, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { authorizeSecret } from "./authorize-secret.ts";
import { secretId } from "./members.ts";

const windowDaysMin = 7;
const windowDaysMax = 30;

export const deleteSecret = operation({
  name: "DeleteSecret",
  isReadOnly: false,
  input: structure({
    SecretId: required(secretId),
    RecoveryWindowInDays: integer(),
    ForceDeleteWithoutRecovery: boolean(),
  }),
  async permit(
    { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced },
    call,
  ) {
    const secret = await call.vault.secrets.locate(call.scope, SecretId);
    const permit = authorizeSecret(call, "secretsmanager:DeleteSecret", secret, {
      ...(days !== undefined && { "secretsmanager:RecoveryWindowInDays": String(days) }),
      ...(isForced !== undefined && {
        "secretsmanager:ForceDeleteWithoutRecovery": String(isForced),
      }),
    });
    if (isForced && days !== undefined) {
      throw invalidParameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      );
    }
    if (days !== undefined && (days < windowDaysMin || days > windowDaysMax)) {
      throw invalidParameter(
        `The RecoveryWindowInDays value must be between ${windowDaysMin} and ${windowDaysMax} days (inclusive).`,
      );
    }
    return permit;
  },
  async run(input, permit, { vault, notes }) {
    const { arn, name, deletionDate } = input.ForceDeleteWithoutRecovery
      ? await vault.secrets.deleteAtOnce(permit)
      : await vault.secrets.scheduleDeletion(permit, input.RecoveryWindowInDays ?? windowDaysMax);
    const date = new Date(deletionDate);
    notes.responseElements = responseElements({ arn, name, deletionDate: date });
    return { ARN: arn, Name: name, DeletionDate: date };
  },
});
