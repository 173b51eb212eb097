/**
 * Databases as earlier versions wrote them, one of each schema that there was: the present version
 * brings them up to date, serves every value in them, and finds nothing wrong with them.
 *
 * They were written by the code of their time. Versions 3 and 4 never stood alone in a release:
 * they are what the version before and the one behind wrote, brought to exactly that schema.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { DecryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readConfiguration } from "../../src/configuration.ts";
import { rootKeySource } from "../../src/encryption/root-keys/sources.ts";
import { type RunningVault, startServer } from "../../src/main.ts";
import { verifyVault } from "../../src/snapshot/verify.ts";
import { migrations } from "../../src/storage/migrations/migrations.ts";

interface Facts {
  readonly keyId: string;
  readonly ciphertext: string;
  readonly versions: Readonly<Record<"first" | "second", string>>;
  readonly user: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const versions = [1, 2, 3, 4, 5, 6];

test("every schema but the present one has its database here", () => {
  expect(versions).toEqual(migrations.slice(0, -1).map(({ version }) => version));
});

describe.each(versions)("a database of schema version %i", (version) => {
  let directory: string;
  let vault: RunningVault;
  let facts: Facts;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "claviger-upgrade-"));
    facts = bring(version, directory);
    const flags = { data: directory, port: "0" };
    vault = await startServer(readConfiguration(flags, {}), { logTo: "nowhere" });
  });

  afterEach(async () => {
    await vault.close();
    rmSync(directory, { recursive: true });
  });

  test("is brought up to date, serves what it holds, and is whole", async () => {
    const client = { endpoint: vault.url, region: "us-east-1", credentials: facts.user };
    const sts = await new STSClient(client).send(new GetCallerIdentityCommand({}));
    expect(sts.Arn).toBe("arn:aws:iam::123456789012:user/Alice");

    const secrets = new SecretsManagerClient(client);
    const secret = (input: ConstructorParameters<typeof GetSecretValueCommand>[0]) =>
      secrets.send(new GetSecretValueCommand(input));
    const second = await secret({ SecretId: "prod/db" });
    expect(second.SecretString).toBe("value of prod/db at turn 2");
    expect(second.VersionId).toBe(facts.versions.second);
    const first = await secret({ SecretId: "prod/db", VersionStage: "AWSPREVIOUS" });
    expect(first.SecretString).toBe("value of prod/db at turn 1");
    expect(first.VersionId).toBe(facts.versions.first);
    const binary = await secret({ SecretId: "prod/binary" });
    expect([...(binary.SecretBinary ?? [])]).toEqual([0, 1, 2, 254, 255]);
    const underKey = await secret({ SecretId: "prod/under-a-key" });
    expect(underKey.SecretString).toBe("value of prod/under-a-key");

    const ssm = new SSMClient(client);
    const value = async (Name: string) =>
      (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
    expect(await value("/shop/key")).toBe("value of /shop/key at turn 3");
    expect(await value("/shop/key:1")).toBe("value of /shop/key at turn 1");
    expect(await value("/shop/port")).toBe("8080");
    expect(await value("/shop/hosts")).toBe("a,b");
    expect(await value("/shop/large")).toBe("value of /shop/large");

    const { Plaintext } = await new KMSClient(client).send(
      new DecryptCommand({
        CiphertextBlob: Buffer.from(facts.ciphertext, "base64"),
        EncryptionContext: { of: "fixture" },
      }),
    );
    expect(Buffer.from(Plaintext ?? []).toString()).toBe("value under a key");

    const { checks, problems } = await verifyVault(
      { type: "folder", directory },
      {
        rootKey: rootKeySource(
          { type: "file", path: join(directory, "root.key"), isMadeIfMissing: false },
          undefined,
        ),
        onProgress() {},
      },
    );
    expect(problems).toEqual([]);
    const counts = Object.fromEntries(checks.map(({ what, count }) => [what, count]));
    expect(counts).toMatchObject({ parameters: 4, users: 1, "access keys": 1, "audit chains": 1 });
  });
});

/** Lays the database into the folder, as its vault left it. */
function bring(version: number, directory: string): Facts {
  const kept = (name: string) =>
    readFileSync(fileURLToPath(new URL(`v${version}/${name}`, import.meta.url)));
  const lay = (name: string, bytes: Buffer) =>
    writeFileSync(join(directory, name), bytes, { mode: 0o600 });
  for (const name of ["vault.db", "audit.db"]) lay(name, gunzipSync(kept(`${name}.gz`)));
  for (const name of ["root.key", "audit-public-key.pem"]) lay(name, kept(name));
  return JSON.parse(kept("facts.json").toString());
}
