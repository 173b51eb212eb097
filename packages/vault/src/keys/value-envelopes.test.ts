import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { OpenFailed } from "../encryption/seal.ts";
import type { Storage } from "../storage/storage.ts";
import { defaultKeyPolicy } from "./key-policies.ts";
import { type KeyRecord, keyTable, keyVersionTable } from "./key-record.ts";
import { type KeyResource, keysResource } from "./key-resource.ts";
import { openTestStorage, permit, scope, setState, startKeys } from "./keys.fixture.ts";
import type { Keys } from "./keys.ts";

let storage: Storage;
let close: () => Promise<void>;
let keys: Keys;
let key: KeyResource;

beforeAll(async () => {
  ({ storage, close } = await openTestStorage());
});

afterAll(() => close());

beforeEach(async () => {
  keys = startKeys(storage);
  key = await makeKey();
});

function makeKey(): Promise<KeyResource> {
  const keyId = keys.nextKeyId();
  return keys.create(permit("kms:CreateKey", keysResource(scope)), {
    keyId,
    description: "",
    tags: {},
  });
}

const context = { SecretARN: "arn:aws:secretsmanager:…:secret:a", SecretVersionId: "1" };
const value = Buffer.from("sk_live_51H8example");
const seal = (given = value, under = context) =>
  keys.sealValue(permit("kms:GenerateDataKey", key), given, under);

describe("a sealed value", () => {
  it("opens warm, and cold after a restart", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 100 }),
        fc.dictionary(fc.string(), fc.string()),
        async (given, under) => {
          const sealed = await seal(Buffer.from(given), under as typeof context);
          const allowed = permit("kms:Decrypt", key);
          for (const opener of [keys, startKeys(storage)]) {
            expect(await opener.openValue(allowed, sealed, under)).toEqual(Buffer.from(given));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it("has a data key of its own", async () => {
    const [one, other] = [await seal(), await seal()];
    expect(one.subarray(30, 91)).not.toEqual(other.subarray(30, 91));
    expect(one.includes(value)).toBe(false);
  });

  it("does not open as another record's or version's, warm or cold", async () => {
    const sealed = await seal();
    const allowed = permit("kms:Decrypt", key);
    for (const other of [{}, { ...context, SecretVersionId: "2" }, { ...context, more: "" }]) {
      for (const opener of [keys, startKeys(storage)]) {
        await expect(async () => opener.openValue(allowed, sealed, other)).rejects.toThrow(
          OpenFailed,
        );
        // What it remembers of these very bytes is of the place where they do belong.
        expect(await opener.openValue(allowed, sealed, context)).toEqual(value);
      }
    }
  });

  it("does not open with a permit for another key, warm or cold", async () => {
    const sealed = await seal();
    const other = permit("kms:Decrypt", await makeKey());
    for (const opener of [keys, startKeys(storage)]) {
      await expect(async () => opener.openValue(other, sealed, context)).rejects.toThrow(
        OpenFailed,
      );
    }
  });

  it("does not open with any bit changed or any byte cut, warm or cold", async () => {
    const sealed = await seal();
    const allowed = permit("kms:Decrypt", key);
    const cold = startKeys(storage);
    for (let byte = 0; byte < sealed.length; byte++) {
      const changed = Buffer.from(sealed);
      changed[byte] = (changed[byte] ?? 0) ^ (1 << (byte % 8));
      await expect(async () => keys.openValue(allowed, changed, context)).rejects.toThrow(
        OpenFailed,
      );
      await expect(async () => cold.openValue(allowed, changed, context)).rejects.toThrow(
        OpenFailed,
      );
      const cut = sealed.subarray(0, byte);
      await expect(async () => keys.openValue(allowed, cut, context)).rejects.toThrow(OpenFailed);
    }
  });

  it("is unreadable at once when its key is disabled, and readable again", async () => {
    const sealed = await seal();
    const { keyId, arn } = key.record;
    for (const [state, says] of [
      ["Disabled", `${arn} is disabled.`],
      ["PendingDeletion", `${arn} is pending deletion.`],
    ] as const) {
      await setState(storage, keyId, state);
      const now = await keys.locate(scope, keyId);
      const opening = async () => keys.openValue(permit("kms:Decrypt", now), sealed, context);
      await expect(opening).rejects.toThrow(says);
      const sealing = keys.sealValue(permit("kms:GenerateDataKey", now), value, context);
      await expect(sealing).rejects.toThrow(says);
    }
    await setState(storage, keyId, "Enabled");
    const now = await keys.locate(scope, keyId);
    expect(await keys.openValue(permit("kms:Decrypt", now), sealed, context)).toEqual(value);
  });

  it("needs the key's own material: swapped version rows open nothing", async () => {
    const sealed = await seal();
    const other = await makeKey();
    const row = (of: KeyRecord) =>
      storage.get(keyVersionTable, `123456789012/us-east-1/${of.keyId}/0000000001`);
    const [mine, theirs] = [await row(key.record), await row(other.record)];
    if (mine === undefined || theirs === undefined) throw new Error("no version rows");
    await storage.commit([{ ...theirs, type: "put", table: keyVersionTable, key: mine.key }]);
    const cold = startKeys(storage);
    const opening = async () => cold.openValue(permit("kms:Decrypt", key), sealed, context);
    await expect(opening).rejects.toThrow(OpenFailed);
  });
});

describe("the formats on disk", () => {
  it("still open as version 1 wrote them", async () => {
    const keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const record: KeyRecord = {
      ...key.record,
      keyId,
      arn: `arn:aws:kms:us-east-1:123456789012:key/${keyId}`,
      policy: defaultKeyPolicy(scope),
    };
    const material =
      "018d4ac54e2543b971ffdda5f79a4415f37ee25d16828ef6814b7f39bf1e9c890939a5a1f171d41f87" +
      "940c707e2a28ab16900e5dcf7fd0e4dc14cfbb9b";
    const prefix = "123456789012/us-east-1/";
    await storage.commit([
      { type: "put", table: keyTable, key: prefix + keyId, body: record },
      {
        type: "put",
        table: keyVersionTable,
        key: `${prefix}${keyId}/0000000001`,
        body: { materialId: "00", createdAt: 0 },
        sealed: Buffer.from(material, "hex"),
      },
    ]);
    const allowed = permit("kms:Decrypt", await keys.locate(scope, keyId));
    const pairs = { SecretARN: "arn:x", SecretVersionId: "v1" };

    const envelope =
      "AQBYAQAcvpkaFBI0q80SqzTNVu8SNFZ4kKsAAAABAUZTP2XwbRjWilqCm5Gvi4LFV9qQce/CwYFmAGK4gov6" +
      "StsjOaQIJKTYerhArgmHjRz6PEYB6JY9w2ZhJAGADcDCs9Pymk31RfyWy5rkxtQZ0cjLCA+/Eqr+WW39nXAt" +
      "8Xz9h5lHr5Y=";
    const opened = await keys.openValue(allowed, Buffer.from(envelope, "base64"), pairs);
    expect(opened.toString()).toBe("opens for ever");

    const ciphertext =
      "AQAcvpkaFBI0q80SqzTNVu8SNFZ4kKsAAAABASWMICfANDcFRWoNsxLfgutRO5mXuDi1f75bWG2dls8iM6jE64+E" +
      "aV6WFw==";
    const decrypted = await keys.decrypt(allowed, Buffer.from(ciphertext, "base64"), pairs);
    expect(decrypted.plaintext.toString()).toBe("opens for ever");
  });
});

describe("a fingerprint", () => {
  it("is the same for equal values, on every node, and says nothing without the root key", async () => {
    const one = await keys.fingerprint(Buffer.from("same"));
    expect(await startKeys(storage).fingerprint(Buffer.from("same"))).toBe(one);
    expect(await keys.fingerprint(Buffer.from("Same"))).not.toBe(one);
    expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
