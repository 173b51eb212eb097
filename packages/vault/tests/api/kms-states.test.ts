/**
 * Every operation on a key in every state, against AWS's table, which stands here on its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
import type { KMS } from "@aws-sdk/client-kms";
import { describe, expect, test } from "vitest";
import { type KmsFixture, keyPolicy, Plaintext, startKms } from "./kms.fixture.ts";
import { refusal } from "./refusal.fixture.ts";

const started = startKms();

interface Subject extends KmsFixture {
  readonly keyId: string;
  readonly keyArn: string;
  readonly blob: Uint8Array;
  readonly grantId: string;
  readonly name: string;
}

type Answer = "done" | "disabled" | "pending" | "not pending";
type State = "Enabled" | "Disabled" | "PendingDeletion";
type Ask = (kms: KMS, subject: Subject) => Promise<unknown>;

const DryRun = false;
const grantee = "arn:aws:iam::123456789012:root";

/** In the order of the table: enabled, disabled, pending deletion. */
const table: readonly [string, Answer, Answer, Answer, Ask][] = [
  [
    "CancelKeyDeletion",
    "not pending",
    "not pending",
    "done",
    (kms, { keyId: KeyId }) => kms.cancelKeyDeletion({ KeyId }),
  ],
  [
    "CreateAlias",
    "done",
    "done",
    "pending",
    (kms, { keyId, name }) =>
      kms.createAlias({ AliasName: `alias/other-${name}`, TargetKeyId: keyId }),
  ],
  [
    "CreateGrant",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) =>
      kms.createGrant({ KeyId, GranteePrincipal: grantee, Operations: ["Decrypt"], DryRun }),
  ],
  [
    "Decrypt",
    "done",
    "disabled",
    "pending",
    (kms, { blob: CiphertextBlob }) => kms.decrypt({ CiphertextBlob }),
  ],
  [
    "DeleteAlias",
    "done",
    "done",
    "done",
    (kms, { name }) => kms.deleteAlias({ AliasName: `alias/${name}` }),
  ],
  ["DescribeKey", "done", "done", "done", (kms, { keyId: KeyId }) => kms.describeKey({ KeyId })],
  ["DisableKey", "done", "done", "pending", (kms, { keyId: KeyId }) => kms.disableKey({ KeyId })],
  [
    "DisableKeyRotation",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) => kms.disableKeyRotation({ KeyId }),
  ],
  ["EnableKey", "done", "done", "pending", (kms, { keyId: KeyId }) => kms.enableKey({ KeyId })],
  [
    "EnableKeyRotation",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) => kms.enableKeyRotation({ KeyId }),
  ],
  [
    "Encrypt",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) => kms.encrypt({ KeyId, Plaintext }),
  ],
  [
    "GenerateDataKey",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) => kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
  ],
  [
    "GenerateDataKeyWithoutPlaintext",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) => kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: "AES_256" }),
  ],
  ["GetKeyPolicy", "done", "done", "done", (kms, { keyId: KeyId }) => kms.getKeyPolicy({ KeyId })],
  [
    "GetKeyRotationStatus",
    "done",
    "done",
    "done",
    (kms, { keyId: KeyId }) => kms.getKeyRotationStatus({ KeyId }),
  ],
  ["ListAliases", "done", "done", "done", (kms, { keyId: KeyId }) => kms.listAliases({ KeyId })],
  ["ListGrants", "done", "done", "done", (kms, { keyId: KeyId }) => kms.listGrants({ KeyId })],
  [
    "ListKeyPolicies",
    "done",
    "done",
    "done",
    (kms, { keyId: KeyId }) => kms.listKeyPolicies({ KeyId }),
  ],
  [
    "ListKeyRotations",
    "done",
    "done",
    "done",
    (kms, { keyId: KeyId }) => kms.listKeyRotations({ KeyId }),
  ],
  [
    "ListResourceTags",
    "done",
    "done",
    "done",
    (kms, { keyId: KeyId }) => kms.listResourceTags({ KeyId }),
  ],
  [
    "PutKeyPolicy",
    "done",
    "done",
    "done",
    (kms, { keyId: KeyId }) => kms.putKeyPolicy({ KeyId, Policy: keyPolicy() }),
  ],
  [
    "ReEncrypt from it",
    "done",
    "disabled",
    "pending",
    (kms, { blob: CiphertextBlob }) =>
      kms.reEncrypt({ CiphertextBlob, DestinationKeyId: started().keyId }),
  ],
  [
    "ReEncrypt to it",
    "done",
    "disabled",
    "pending",
    async (kms, { keyId }) =>
      kms.reEncrypt({ CiphertextBlob: await started().encrypted(), DestinationKeyId: keyId }),
  ],
  [
    "RetireGrant",
    "done",
    "done",
    "done",
    (kms, { keyArn: KeyId, grantId: GrantId }) => kms.retireGrant({ KeyId, GrantId }),
  ],
  [
    "RevokeGrant",
    "done",
    "done",
    "done",
    (kms, { keyId: KeyId, grantId: GrantId }) => kms.revokeGrant({ KeyId, GrantId }),
  ],
  [
    "RotateKeyOnDemand",
    "done",
    "disabled",
    "pending",
    (kms, { keyId: KeyId }) => kms.rotateKeyOnDemand({ KeyId }),
  ],
  [
    "ScheduleKeyDeletion",
    "done",
    "done",
    "pending",
    (kms, { keyId: KeyId }) => kms.scheduleKeyDeletion({ KeyId }),
  ],
  [
    "TagResource",
    "done",
    "done",
    "pending",
    (kms, { keyId: KeyId }) =>
      kms.tagResource({ KeyId, Tags: [{ TagKey: "team", TagValue: "weather" }] }),
  ],
  [
    "UntagResource",
    "done",
    "done",
    "pending",
    (kms, { keyId: KeyId }) => kms.untagResource({ KeyId, TagKeys: ["team"] }),
  ],
  [
    "UpdateAlias to it",
    "done",
    "done",
    "pending",
    (kms, { keyId, name }) => kms.updateAlias({ AliasName: `alias/${name}`, TargetKeyId: keyId }),
  ],
  [
    "UpdateAlias from it",
    "done",
    "done",
    "done",
    (kms, { name }) =>
      kms.updateAlias({ AliasName: `alias/${name}`, TargetKeyId: started().keyId }),
  ],
  [
    "UpdateKeyDescription",
    "done",
    "done",
    "pending",
    (kms, { keyId: KeyId }) => kms.updateKeyDescription({ KeyId, Description: "changed" }),
  ],
];

let count = 0;

/** A key with an alias, a grant and a ciphertext, brought into the state. */
async function subjectIn(state: State): Promise<Subject> {
  const fixture = started();
  const { kms } = fixture;
  const { keyId, arn: keyArn } = await fixture.createKey();
  const name = `state-${count++}`;
  await kms.createAlias({ AliasName: `alias/${name}`, TargetKeyId: keyId });
  const { GrantId: grantId = "" } = await kms.createGrant({
    KeyId: keyId,
    GranteePrincipal: grantee,
    Operations: ["Encrypt"],
  });
  const blob = await fixture.encrypted({}, keyId);
  if (state === "Disabled") await kms.disableKey({ KeyId: keyId });
  if (state === "PendingDeletion") await kms.scheduleKeyDeletion({ KeyId: keyId });
  return Object.assign(Object.create(fixture), { keyId, keyArn, blob, grantId, name });
}

const says: Readonly<Record<Exclude<Answer, "done">, (arn: string) => string>> = {
  disabled: (arn) => `DisabledException: ${arn} is disabled.`,
  pending: (arn) => `KMSInvalidStateException: ${arn} is pending deletion.`,
  "not pending": (arn) => `KMSInvalidStateException: ${arn} is not pending deletion.`,
};

describe.each(["Enabled", "Disabled", "PendingDeletion"] as const)("a key that is %s", (state) => {
  const column = { Enabled: 1, Disabled: 2, PendingDeletion: 3 } as const;
  test.each(table)(`%s`, async (...row) => {
    const answer = row[column[state]];
    const ask = row[4];
    const subject = await subjectIn(state);
    const asked = ask(started().kms, subject);
    if (answer === "done") await asked;
    else expect(await refusal(asked)).toBe(says[answer](subject.keyArn));
  });
});
