/** `claviger server` and `claviger env` as a user runs them. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { SSM } from "@aws-sdk/client-ssm";
import { expect, test, vi } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
} from "../../../tools/harness/vault-process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const command = `${root}packages/cli/bin/claviger`;

test("the first start makes the root key and credentials, for their owner only, and says where", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  await vault.stop();
  for (const name of ["root.key", "root-credentials.json"]) {
    expect(statSync(`${dataDirectory}/${name}`).mode & 0o777).toBe(0o600);
  }
  expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
  const said = readFileSync(vault.logFile, "utf8");
  for (const part of [vault.url, dataDirectory, "root-credentials.json", "claviger env"]) {
    expect(said).toContain(part);
  }
  const { accessKeyId, secretAccessKey } = JSON.parse(
    readFileSync(`${dataDirectory}/root-credentials.json`, "utf8"),
  );
  expect(said).not.toContain(accessKeyId);
  expect(said).not.toContain(secretAccessKey);
});

test("SIGTERM ends it with 0 and leaves no server file; what it kept is there at the next start", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const first = await startVaultProcess({ root, dataDirectory });
  const ssm = (environment: Readonly<Record<string, string>>) =>
    new SSM({
      endpoint: environment.AWS_ENDPOINT_URL ?? "",
      region: "us-east-1",
      credentials: {
        accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
        secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
      },
    });
  const Name = "/kept/over/a/restart";
  await ssm(first.environment).putParameter({ Name, Value: "kept", Type: "SecureString" });
  await first.stop();
  expect(readdirSync(dataDirectory)).not.toContain("server.json");
  const second = await startVaultProcess({ root, dataDirectory });
  const { Parameter } = await ssm(second.environment).getParameter({ Name, WithDecryption: true });
  expect(Parameter?.Value).toBe("kept");
  await second.stop();
});

test("behind a proxy SIGTERM is told at /health first, and Ctrl-C waits for nobody", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const flags = ["--behind-proxy", "127.0.0.1"];
  const vault = await startVaultProcess({ root, dataDirectory, flags });
  const status = async () => (await fetch(`${vault.url}/health`)).status;
  expect(await status()).toBe(200);
  process.kill(vault.pid, "SIGTERM");
  // Before the five seconds are over in which it would serve on.
  const soon = { timeout: 4_000 };
  await vi.waitFor(async () => expect(await status()).toBe(503), soon);
  process.kill(vault.pid, "SIGINT");
  await vi.waitFor(() => expect(status()).rejects.toThrow(), soon);
  await vi.waitFor(() => expect(readdirSync(dataDirectory)).not.toContain("server.json"), soon);
});

test("a second vault on the same data is refused with a hint", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  try {
    const { status, stderr } = spawnSync(
      command,
      ["server", "--port", "0", "--data", dataDirectory],
      {
        env: cleanEnvironment(),
        encoding: "utf8",
        timeout: 20_000,
      },
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: .*\nhint: .+\n$/);
  } finally {
    await vault.stop();
  }
});

test("a description of an own rotator that is wrong refuses the start, by its member", () => {
  const folder = temporaryFolder("server");
  const file = `${folder}/rotators.json`;
  const description = { like: "SendGridApiKey", test: { method: "GET", path: "no slash" } };
  writeFileSync(file, JSON.stringify({ types: { AcmeApiKey: description } }));
  const { status, stderr } = spawnSync(
    command,
    ["server", "--port", "0", "--data", `${folder}/data`, "--rotators", file],
    { env: cleanEnvironment(), encoding: "utf8", timeout: 20_000 },
  );
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(
      /^error: --rotators \S+: types\.AcmeApiKey\.test\.path must .*\nhint: .+\n$/,
    ),
  });
  expect(existsSync(`${folder}/data`)).toBe(false);
});

test("audit verify finds a trail whole, and says where one was changed", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  await fetch(vault.url, { method: "POST", headers: { "x-amz-target": "AmazonSSM.GetParameter" } });
  await vault.stop();
  const audit = (...words: string[]) =>
    spawnSync(command, ["audit", ...words, "--data", dataDirectory], {
      env: cleanEnvironment(),
      encoding: "utf8",
    });
  const whole = { status: 0, stdout: expect.stringContaining("is whole: 1 event") };
  const isBroken = /^error: the audit trail is broken at group 1: .+\nhint: .+\n$/;
  expect(audit("verify")).toMatchObject(whole);

  const bundle = `${dataDirectory}/../trail.jsonl`;
  const { stdout } = audit("export");
  writeFileSync(bundle, stdout);
  expect(audit("verify", "--bundle", bundle)).toMatchObject(whole);
  writeFileSync(bundle, stdout.replace("GetParameter", "PutParameter"));
  const changed = audit("verify", "--bundle", bundle);
  expect(changed).toMatchObject({ status: 1, stderr: expect.stringMatching(isBroken) });

  const database = new DatabaseSync(`${dataDirectory}/audit.db`);
  database.exec("UPDATE audit_groups SET committed_at = committed_at + 1");
  database.close();
  const broken = audit("verify");
  expect(broken).toMatchObject({ status: 1, stderr: expect.stringMatching(isBroken) });
});

test("a folder whose trail is gone, or of another account, is not served", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  await vault.stop();
  const serve = (...words: string[]) =>
    spawnSync(command, ["server", "--port", "0", "--data", dataDirectory, ...words], {
      env: cleanEnvironment(),
      encoding: "utf8",
      timeout: 20_000,
    });
  expect(serve("--account-id", "111122223333")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("belongs to account 123456789012"),
  });
  for (const name of readdirSync(dataDirectory)) {
    if (name.startsWith("audit.db")) rmSync(`${dataDirectory}/${name}`);
  }
  expect(serve()).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/trail of .* is gone\nhint: restore/),
  });
});

test("Ctrl-C ends it with 130", async () => {
  const vault = spawn(
    command,
    ["server", "--port", "0", "--data", `${temporaryFolder("int")}/data`],
    {
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let printed = "";
  while (!printed.includes("Ctrl-C")) printed += (await once(vault.stdout, "data"))[0];
  vault.kill("SIGINT");
  const [code] = await once(vault, "exit");
  expect(code).toBe(130);
});

test("env tells that only the credentials are missing", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  try {
    rmSync(`${dataDirectory}/root-credentials.json`);
    const { status, stderr } = spawnSync(command, ["env", "--data", dataDirectory], {
      env: cleanEnvironment(),
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toContain("CLAVIGER_ROOT_ACCESS_KEY_ID");
  } finally {
    await vault.stop();
  }
});

test("env prints export lines that a shell takes", async () => {
  const dataDirectory = `${temporaryFolder("server")}/data`;
  const vault = await startVaultProcess({ root, dataDirectory });
  try {
    const script = `eval "$(${command} env --data ${dataDirectory})"; echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID"`;
    const shell = spawn("sh", ["-c", script], { env: cleanEnvironment() });
    const [printed] = await once(shell.stdout, "data");
    expect(String(printed).trim()).toBe(`${vault.url} ${vault.environment.AWS_ACCESS_KEY_ID}`);
  } finally {
    await vault.stop();
  }
});
