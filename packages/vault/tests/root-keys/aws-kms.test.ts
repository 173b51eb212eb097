/**
 * `aws-kms:` through AWS's own library, against another vault and against moto_server: two KMS
 * that were written apart from each other.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { awsKmsRootKey } from "../../src/encryption/root-keys/aws-kms.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";

/** The credentials and the endpoint that the process of a vault finds in its environment. */
function stubCredentials({ accessKeyId, secretAccessKey }: TestVault["credentials"]): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
  vi.stubEnv("AWS_SESSION_TOKEN", undefined);
  vi.stubEnv("AWS_PROFILE", undefined);
}

afterEach(() => vi.unstubAllEnvs());

interface Subject {
  readonly endpoint: string;
  readonly credentials: TestVault["credentials"];
  readonly keyArn: string;
}

function behavesAsAwsDoes(subject: () => Subject): void {
  beforeEach(() => stubCredentials(subject().credentials));
  const source = ({ endpoint, keyArn }: Subject) => awsKmsRootKey(keyArn, endpoint);

  test("is encrypted once and decrypted at every start, for this vault only", async () => {
    const { rootKey, kept } = await source(subject()).create("vault-1");
    expect(kept.type).toBe("aws-kms");
    const opened = await source(subject()).open(kept, "vault-1");
    expect(opened.fingerprint).toBe(rootKey.fingerprint);
    await expect(source(subject()).open(kept, "vault-2")).rejects.toThrow(
      /could not be had from aws-kms:.*InvalidCiphertext/,
    );
  });

  test("is refused where there is no such key", async () => {
    const { endpoint, keyArn } = subject();
    const elsewhere = keyArn.replace(/[^/]+$/, "1234abcd-12ab-34cd-56ef-1234567890ab");
    await expect(awsKmsRootKey(elsewhere, endpoint).create("v")).rejects.toMatchObject({
      name: "RootKeyError",
      message: expect.stringContaining("NotFoundException"),
      hint: expect.stringContaining("kms:Decrypt"),
    });
  });
}

describe("a root key under another vault's KMS", () => {
  let vault: TestVault;
  let keyArn: string;

  beforeAll(async () => {
    vault = await startVault();
    keyArn = (await new KMS(vault.client).createKey({})).KeyMetadata?.Arn ?? "";
  });

  afterAll(() => vault.close());

  behavesAsAwsDoes(() => ({ endpoint: vault.url, credentials: vault.credentials, keyArn }));

  test("may be named by an alias", async () => {
    const AliasName = "alias/vault-root";
    await new KMS(vault.client).createAlias({ AliasName, TargetKeyId: keyArn });
    stubCredentials(vault.credentials);
    const aliasArn = keyArn.replace(/key\/.+$/, AliasName);
    const { rootKey, kept } = await awsKmsRootKey(aliasArn, vault.url).create("v");
    const opened = await awsKmsRootKey(keyArn, vault.url).open(kept, "v");
    expect(opened.fingerprint).toBe(rootKey.fingerprint);
  });

  test("is refused to whom the key is not allowed, and while the key is disabled", async () => {
    stubCredentials(vault.credentials);
    const { kept } = await awsKmsRootKey(keyArn, vault.url).create("v");
    const iam = new IAM(vault.client);
    await iam.createUser({ UserName: "nobody" });
    const { AccessKey } = await iam.createAccessKey({ UserName: "nobody" });
    const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
    stubCredentials({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey });
    await expect(awsKmsRootKey(keyArn, vault.url).open(kept, "v")).rejects.toThrow(/AccessDenied/);

    stubCredentials(vault.credentials);
    const kms = new KMS(vault.client);
    await kms.disableKey({ KeyId: keyArn });
    const disabled = awsKmsRootKey(keyArn, vault.url).open(kept, "v");
    await expect(disabled).rejects.toThrow(/DisabledException/);
    await kms.enableKey({ KeyId: keyArn });
    await awsKmsRootKey(keyArn, vault.url).open(kept, "v");
  });
});

const isMotoInstalled = spawnSync("moto_server", ["--help"]).status === 0;

describe.skipIf(!isMotoInstalled)("a root key under moto_server's KMS", () => {
  const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
  let moto: ChildProcess;
  let endpoint: string;
  let keyArn: string;

  beforeAll(async () => {
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    moto = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    const kms = new KMS({ endpoint, region: "eu-west-1", credentials });
    for (let left = 150; keyArn === undefined; left--) {
      const made = await kms.createKey({}).catch((error: unknown) => {
        if (left === 0) throw error;
      });
      if (made !== undefined) keyArn = made.KeyMetadata?.Arn ?? "";
      else await sleep(200);
    }
  });

  afterAll(async () => {
    moto.kill();
    await once(moto, "exit");
  });

  behavesAsAwsDoes(() => ({ endpoint, credentials, keyArn }));
});

describe("the vault's own way to AWS", () => {
  test.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS"])(
    "is not led elsewhere by %s, or it would ask itself",
    async (variable) => {
      const asked: string[] = [];
      const itself = createServer((socket) => {
        asked.push(variable);
        socket.destroy();
      }).listen(0, "127.0.0.1");
      await once(itself, "listening");
      stubCredentials({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" });
      const address = itself.address() as { port: number };
      vi.stubEnv(variable, `http://127.0.0.1:${address.port}`);
      // A region that is nowhere: the name doesn't resolve, so nothing leaves this machine.
      const keyArn = "arn:aws:kms:no-where-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
      await expect(awsKmsRootKey(keyArn, undefined).create("v")).rejects.toThrow(
        /kms\.no-where-1\.amazonaws\.com/,
      );
      expect(asked).toEqual([]);
      itself.close();
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
