/** `gcp-kms:` through Google's own library, against a stand-in of the service. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gcpKmsRootKey } from "../../src/encryption/root-keys/gcp-kms.ts";
import type { KeptRootKey } from "../../src/encryption/root-keys/source.ts";
import { type GoogleKms, googleKeyName, startGoogleKms } from "./google-kms.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-google-"));
let google: GoogleKms;

beforeAll(async () => {
  const credentials = join(folder, "credentials.json");
  google = await startGoogleKms(credentials);
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", credentials);
});

beforeEach(() => {
  google.damage = "nothing";
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await google.close();
  rmSync(folder, { recursive: true });
});

const source = (name = googleKeyName) => gcpKmsRootKey(name, google.endpoint);

describe("a root key under Google Cloud KMS", () => {
  test("is encrypted once and decrypted at every start, for this vault only", async () => {
    const { rootKey, kept } = await source().create("vault-1");
    expect(kept.type).toBe("gcp-kms");
    const opened = await source().open(kept, "vault-1");
    expect(opened.fingerprint).toBe(rootKey.fingerprint);
    expect(google.asked).toEqual(["encrypt", "decrypt"]);
    const other = source().open(kept, "vault-2");
    await expect(other).rejects.toThrow(/could not be had from gcp-kms:.*ciphertext is invalid/);
  });

  test("is another one each time", async () => {
    const [one, other] = await Promise.all([source().create("v"), source().create("v")]);
    expect(one.rootKey.fingerprint).not.toBe(other.rootKey.fingerprint);
  });

  test("is refused where the key isn't there or not allowed", async () => {
    const elsewhere = googleKeyName.replace("root", "other");
    await expect(source(elsewhere).create("v")).rejects.toThrow(/CryptoKey not found/);
    await expect(source(elsewhere).create("v")).rejects.toMatchObject({
      name: "RootKeyError",
      hint: expect.stringContaining("cryptoKeyEncrypterDecrypter"),
    });
  });

  test("is refused when its bytes were damaged on the way, in either direction", async () => {
    const { kept } = await source().create("v");
    for (const damage of ["bytes", "verification"] as const) {
      google.damage = damage;
      await expect(source().create("v")).rejects.toThrow(/damaged on the way/);
    }
    google.damage = "bytes";
    await expect(source().open(kept, "v")).rejects.toThrow(/damaged on the way/);
  });

  test("opens nothing that another source kept", async () => {
    const kept: KeptRootKey = { type: "aws-kms", ciphertext: "" };
    await expect(source().open(kept, "v")).rejects.toThrow(/comes from aws-kms:/);
  });
});
