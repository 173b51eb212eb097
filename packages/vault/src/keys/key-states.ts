/**
 * Which operation a key's state refuses, as AWS publishes it. Operations that are not named here
 * work on a key in any state.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
import type { ApiError } from "../errors.ts";
import { keyDisabled, keyNotPendingDeletion, keyPendingDeletion } from "./key-errors.ts";
import type { KeyRecord, KeyState } from "./key-record.ts";

type Refusals = Partial<Readonly<Record<KeyState, (arn: string) => ApiError>>>;

/** Whatever uses the key, or plans for its use. */
const usable: Refusals = { Disabled: keyDisabled, PendingDeletion: keyPendingDeletion };

/** Whatever changes the key. */
const alive: Refusals = { PendingDeletion: keyPendingDeletion };

const refusals = {
  CancelKeyDeletion: { Enabled: keyNotPendingDeletion, Disabled: keyNotPendingDeletion },
  CreateAlias: alive,
  CreateGrant: usable,
  Decrypt: usable,
  DisableKey: alive,
  DisableKeyRotation: usable,
  EnableKey: alive,
  EnableKeyRotation: usable,
  Encrypt: usable,
  GenerateDataKey: usable,
  GenerateDataKeyWithoutPlaintext: usable,
  ReEncrypt: usable,
  RotateKeyOnDemand: usable,
  ScheduleKeyDeletion: alive,
  TagResource: alive,
  UntagResource: alive,
  /** Of the new target; the old one may be in any state. */
  UpdateAlias: alive,
  UpdateKeyDescription: alive,
} satisfies Readonly<Record<string, Refusals>>;

export type StatefulOperation = keyof typeof refusals;

/** Throws DisabledException or KMSInvalidStateException where the state forbids the operation. */
export function requireState(operation: StatefulOperation, { arn, state }: KeyRecord): void {
  const byState: Refusals = refusals[operation];
  const refusal = byState[state];
  if (refusal !== undefined) throw refusal(arn);
}
