/**
 * A start with a root key that isn't the vault's is refused, whatever source it comes from, and
 * leaves every file of the data folder as it was, byte by byte.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMS } from "@aws-sdk/client-kms";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { systemRandomness } from "../../src/clock.ts";
import { rootKeyFrom } from "../../src/encryption/root-keys/root-key.ts";
import { readConfiguration, startServer } from "../../src/index.ts";
import { SealedKeys } from "../../src/keys/ring/sealed-keys.ts";
import { openSqliteStorage } from "../../src/storage/sqlite/sqlite-storage.ts";
import { table } from "../../src/storage/storage.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { type GoogleKms, googleKeyName, startGoogleKms } from "./google-kms.fixture.ts";

type Environment = Readonly<Record<string, string>>;

const keys = mkdtempSync(join(tmpdir(), "claviger-keys-"));
let data: string;
let kmsVaults: readonly TestVault[];
let googles: readonly GoogleKms[];
let keyArns: readonly string[];

beforeAll(async () => {
  kmsVaults = await Promise.all([startVault(), startVault()]);
  keyArns = await Promise.all(
    kmsVaults.map(
      async (vault) => (await new KMS(vault.client).createKey({})).KeyMetadata?.Arn ?? "",
    ),
  );
  googles = await Promise.all([1, 2].map((each) => startGoogleKms(join(keys, `google-${each}`))));
});

afterAll(async () => {
  await Promise.all([...kmsVaults, ...googles].map((each) => each.close()));
  rmSync(keys, { recursive: true });
});

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "claviger-data-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true });
});

function secretFile(name: string, text: string): string {
  const path = join(keys, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** The settings of the vault's own root key (0), and of another one of the same kind (1). */
const sources: Readonly<Record<string, (which: 0 | 1) => Environment>> = {
  file: (which) => ({
    CLAVIGER_ROOT_KEY: `file:${secretFile(`${which}.key`, Buffer.alloc(32, which).toString("base64"))}`,
  }),
  passphrase: (which) => ({
    CLAVIGER_ROOT_KEY: "passphrase:",
    CLAVIGER_PASSPHRASE_FILE: secretFile(`${which}.txt`, `correct horse battery staple ${which}`),
  }),
  "aws-kms": (which) => ({
    CLAVIGER_ROOT_KEY: `aws-kms:${keyArns[which]}`,
    CLAVIGER_ROOT_KEY_ENDPOINT: kmsVaults[which]?.url ?? "",
  }),
  "gcp-kms": (which) => ({
    CLAVIGER_ROOT_KEY: `gcp-kms:${googleKeyName}`,
    CLAVIGER_ROOT_KEY_ENDPOINT: googles[which]?.endpoint ?? "",
    GOOGLE_APPLICATION_CREDENTIALS: join(keys, `google-${which + 1}`),
  }),
};

/** Starts on these settings, and does something that only the right root key allows. */
async function startAndStop(environment: Environment): Promise<void> {
  const [{ credentials } = { credentials: undefined }] = kmsVaults;
  vi.stubEnv("AWS_ACCESS_KEY_ID", credentials?.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials?.secretAccessKey);
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", environment.GOOGLE_APPLICATION_CREDENTIALS);
  const configuration = readConfiguration({ data, port: "0" }, environment);
  const vault = await startServer(configuration, { logTo: "nowhere" });
  try {
    const root = JSON.parse(readFileSync(join(data, "root-credentials.json"), "utf8"));
    const ssm = new SSM({ endpoint: vault.url, region: "us-east-1", credentials: root });
    const Name = "/kept";
    const found = await ssm.getParameter({ Name, WithDecryption: true }).catch(() => undefined);
    if (found === undefined) await ssm.putParameter({ Name, Value: "kept", Type: "SecureString" });
    else expect(found.Parameter?.Value).toBe("kept");
  } finally {
    await vault.close();
  }
}

/** Every file of the data folder, and what is in it; SQLite's shared memory is rebuilt by whoever looks. */
function files(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(data)
      .filter((name) => !name.endsWith("-shm"))
      .sort()
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(data, name)))
          .digest("hex"),
      ]),
  );
}

const kinds = Object.keys(sources);

test.each(kinds)("of %s: another one is refused and nothing is written", async (kind) => {
  const settings = sources[kind];
  if (settings === undefined) throw new Error("no such kind");
  await startAndStop(settings(0));
  await startAndStop(settings(0));
  const before = files();
  await expect(startAndStop(settings(1))).rejects.toMatchObject({ name: "RootKeyError" });
  expect(files()).toEqual(before);
  await startAndStop(settings(0));
});

test("a source of another kind is refused, and so is the default one", async () => {
  for (const kind of kinds) {
    await startAndStop(sources[kind]?.(0) ?? {});
    const before = files();
    const others = kinds
      .filter((other) => other !== kind)
      .map((other) => sources[other]?.(0) ?? {});
    for (const other of [...others, ...(kind === "file" ? [] : [{}])]) {
      await expect(startAndStop(other)).rejects.toMatchObject({
        name: "RootKeyError",
        message: expect.stringContaining(`comes from ${kind}:`),
      });
      expect(files()).toEqual(before);
    }
    rmSync(data, { recursive: true });
    data = mkdtempSync(join(tmpdir(), "claviger-data-"));
  }
});

test("a first start without its root key leaves no root key behind", async () => {
  const missing = join(keys, "missing");
  await expect(startAndStop({ CLAVIGER_ROOT_KEY: `file:${missing}` })).rejects.toThrow(
    /no root key/,
  );
  await startAndStop({});
});

test("a data folder of the version without rings opens with its root key, and no other", async () => {
  const bytes = randomBytes(32);
  const storage = await openSqliteStorage({ directory: data });
  const rootKey = rootKeyFrom(bytes);
  const sealedKeys = new SealedKeys(storage, rootKey, systemRandomness);
  await sealedKeys.secret("canary");
  await sealedKeys.secret("audit-signing");
  await storage.close();
  const path = secretFile("old.key", bytes.toString("base64"));
  const before = files();
  await expect(startAndStop(sources.file?.(1) ?? {})).rejects.toThrow(
    /does not open this database/,
  );
  await expect(startAndStop(sources.passphrase?.(0) ?? {})).rejects.toThrow(/comes from file:/);
  await expect(startAndStop({})).rejects.toThrow(/no root key/);
  expect(files()).toEqual(before);

  await startAndStop({ CLAVIGER_ROOT_KEY: `file:${path}` });
  await startAndStop({ CLAVIGER_ROOT_KEY: `file:${path}` });
  const after = await openSqliteStorage({ directory: data });
  const rows = await after.list(table("sealed_keys"), { prefix: "", limit: 100 });
  await after.close();
  const formats = rows.filter(({ key }) => key !== "ring").map(({ sealed }) => sealed?.[0]);
  expect(new Set(formats)).toEqual(new Set([2]));
  expect(rows.map(({ key }) => key)).not.toContain("canary");
});
