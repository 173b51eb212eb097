/** New material for the same key, over HTTP: on demand, by the clock, and never twice. */
import type { KMS } from "@aws-sdk/client-kms";
import { beforeAll, describe, expect, it } from "vitest";
import { type KmsFixture, Plaintext, startKms } from "./kms.fixture.ts";
import { refusal } from "./refusal.fixture.ts";

const started = startKms();
let fixture: KmsFixture;
let kms: KMS;

const day = 86_400_000;

beforeAll(() => {
  fixture = started();
  ({ kms } = fixture);
});

describe("rotation on demand", () => {
  it("gives new material at once and goes on opening what was encrypted before", async () => {
    const { keyId: KeyId, arn } = await fixture.createKey();
    const first = (await kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId;
    const CiphertextBlob = await fixture.encrypted({}, KeyId);
    expect(await kms.rotateKeyOnDemand({ KeyId })).toMatchObject({ KeyId: arn });
    const second = (await kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId;
    expect(second).not.toBe(first);
    const opened = await kms.decrypt({ CiphertextBlob });
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    expect(opened.KeyMaterialId).toBe(first);
    const renewed = await kms.decrypt({ CiphertextBlob: await fixture.encrypted({}, KeyId) });
    expect(renewed.KeyMaterialId).toBe(second);

    const { Rotations, Truncated } = await kms.listKeyRotations({ KeyId });
    expect(Truncated).toBe(false);
    expect(Rotations).toEqual([
      {
        KeyId,
        KeyMaterialId: second,
        KeyMaterialState: "CURRENT",
        RotationDate: expect.any(Date),
        RotationType: "ON_DEMAND",
      },
    ]);
    const all = await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" });
    expect(all.Rotations?.[0]).toEqual({
      KeyId,
      KeyMaterialId: first,
      KeyMaterialState: "NON_CURRENT",
    });
    expect(all.Rotations).toHaveLength(2);
  });

  it("is done 25 times, and listed page by page", async () => {
    const { keyId: KeyId, arn } = await fixture.createKey();
    for (let count = 0; count < 25; count++) await kms.rotateKeyOnDemand({ KeyId });
    expect(await refusal(kms.rotateKeyOnDemand({ KeyId }))).toBe(
      `LimitExceededException: The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${arn}`,
    );
    const first = await kms.listKeyRotations({ KeyId, Limit: 20 });
    expect(first).toMatchObject({ Truncated: true, Rotations: { length: 20 } });
    const rest = await kms.listKeyRotations({ KeyId, Limit: 20, Marker: first.NextMarker });
    expect(rest).toMatchObject({ Truncated: false, Rotations: { length: 5 } });
    const { Marker: _, ...other } = { KeyId: fixture.keyId, Marker: "" };
    const transplanted = kms.listKeyRotations({ ...other, Marker: first.NextMarker });
    expect(await refusal(transplanted)).toMatch(/^InvalidMarkerException/);
  });
});

describe("automatic rotation", () => {
  it("is off until it is enabled, for a year unless another period is named", async () => {
    const { keyId: KeyId } = await fixture.createKey();
    expect(await kms.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: false });
    await kms.enableKeyRotation({ KeyId });
    const status = await kms.getKeyRotationStatus({ KeyId });
    expect(status).toMatchObject({ KeyId, KeyRotationEnabled: true, RotationPeriodInDays: 365 });
    const next = (status.NextRotationDate?.getTime() ?? 0) - fixture.vault.clock.now();
    expect(Math.abs(next - 365 * day)).toBeLessThan(60_000);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    expect((await kms.getKeyRotationStatus({ KeyId })).RotationPeriodInDays).toBe(90);

    await kms.scheduleKeyDeletion({ KeyId });
    expect(await kms.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: false });
    await kms.cancelKeyDeletion({ KeyId });
    expect(await kms.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: true });
    await kms.enableKey({ KeyId });
    await kms.disableKeyRotation({ KeyId });
    expect(await kms.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: false });
  });

  it.each([89, 2561])("has no period of %i days", async (RotationPeriodInDays) => {
    const asked = kms.enableKeyRotation({ KeyId: fixture.keyId, RotationPeriodInDays });
    expect(await refusal(asked)).toMatch(/at 'rotationPeriodInDays' failed to satisfy constraint/);
  });

  it("comes when it is due, once, keeps its beat, and passes disabled keys over", async () => {
    const { vault } = fixture;
    const rotating = await fixture.createKey();
    const resting = await fixture.createKey();
    for (const { keyId: KeyId } of [rotating, resting]) {
      await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    }
    await kms.disableKey({ KeyId: resting.keyId });
    const { NextRotationDate } = await kms.getKeyRotationStatus({ KeyId: rotating.keyId });
    const CiphertextBlob = await fixture.encrypted({}, rotating.keyId);

    const sweepAfter = async (milliseconds: number) => {
      // The jobs of the schedule run when a vault starts, if it hasn't been off for too long.
      for (let left = milliseconds; left > 0; left -= 30 * day) {
        await vault.restart(Math.min(left, 30 * day));
      }
    };
    const rotationsOf = async (KeyId: string) =>
      (await kms.listKeyRotations({ KeyId })).Rotations ?? [];

    await sweepAfter(89 * day);
    expect(await rotationsOf(rotating.keyId)).toEqual([]);
    await sweepAfter(2 * day);
    await expect.poll(async () => (await rotationsOf(rotating.keyId)).length).toBe(1);
    expect((await rotationsOf(rotating.keyId))[0]).toMatchObject({
      RotationType: "AUTOMATIC",
      KeyMaterialState: "CURRENT",
    });
    const status = await kms.getKeyRotationStatus({ KeyId: rotating.keyId });
    expect(status.NextRotationDate?.getTime()).toBe((NextRotationDate?.getTime() ?? 0) + 90 * day);
    expect(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext ?? [])).toEqual(Plaintext);
    await sweepAfter(1000);
    expect(await rotationsOf(rotating.keyId)).toHaveLength(1);
    expect(await rotationsOf(resting.keyId)).toEqual([]);

    await kms.enableKey({ KeyId: resting.keyId });
    await sweepAfter(1000);
    await expect.poll(async () => (await rotationsOf(resting.keyId)).length).toBe(1);
  });
});
