/** Takes a key out of use at once and removes it for good after a waiting period of 7 to 30 days. */
import { validationError } from "../../errors.ts";
import { integer, required, structure } from "../../shapes/shapes.ts";
import { operation } from "../operation.ts";
import { responseElements } from "../response-elements.ts";
import { authorizeOwnKey } from "./authorize-key.ts";
import { keyId } from "./members.ts";

const windowMin = 7;
const windowMax = 30;

export const scheduleKeyDeletion = operation({
  name: "ScheduleKeyDeletion",
  isReadOnly: false,
  input: structure({
    KeyId: required(keyId),
    PendingWindowInDays: integer({ min: 1, max: 365 }),
  }),
  permit({ KeyId, PendingWindowInDays: days = windowMax }, call) {
    if (days < windowMin || days > windowMax) {
      throw validationError(
        `PendingWindowInDays should be between ${windowMin} and ${windowMax}, but it is ${days}`,
      );
    }
    return authorizeOwnKey(call, "kms:ScheduleKeyDeletion", KeyId, {
      "kms:ScheduleKeyDeletionPendingWindowInDays": String(days),
    });
  },
  async run({ PendingWindowInDays: days = windowMax }, permit, { vault, notes }) {
    const key = await vault.keys.administration.scheduleDeletion(permit, days);
    const output = {
      KeyId: key.arn,
      DeletionDate: key.deletionAt === undefined ? undefined : new Date(key.deletionAt),
      KeyState: key.state,
      PendingWindowInDays: days,
    };
    notes.responseElements = responseElements(output);
    return output;
  },
});
