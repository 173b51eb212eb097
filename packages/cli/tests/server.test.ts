/** `claviger server` and `claviger env` as a user runs them. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SSM } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
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
