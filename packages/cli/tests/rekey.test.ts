/** `claviger rekey` as a user runs it: on a running vault, to another file, and again. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = temporaryFolder("rekey");
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: join(folder, "data") });
});

afterAll(() => vault.stop());

function rekey(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(
    join(root, "packages/cli/bin/claviger"),
    ["rekey", ...words],
    {
      cwd: folder,
      env: { ...cleanEnvironment(), ...vault.environment },
      encoding: "utf8",
      timeout: 20_000,
    },
  );
  return { status, stdout, stderr };
}

function rootKeyFile(name: string): string {
  writeFileSync(join(folder, name), randomBytes(32).toString("base64"), { mode: 0o600 });
  return `file:${join(folder, name)}`;
}

test("says what the next start needs, and when the old root key may go", () => {
  const source = rootKeyFile("second.key");
  const { status, stdout, stderr } = rekey("--to", "file:second.key");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain(`The root key comes from ${source} (`);
  expect(stdout).toContain(`  CLAVIGER_ROOT_KEY=${source}\n`);
  expect(stdout).toMatch(/Backups from before 20\S+Z open with the old root key only/);
});

test("does no harm when it is run again, and prints data alone where that is asked", () => {
  const source = rootKeyFile("third.key");
  for (const _ of [1, 2]) {
    const { status, stdout } = rekey("--to", source, "--format", "json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ State: "COMPLETE", Source: source, Generation: 3 });
  }
});

test("tells the passphrase's file too", () => {
  const file = join(folder, "passphrase");
  writeFileSync(file, "correct horse battery staple\n", { mode: 0o600 });
  const { status, stdout } = rekey("--to", "passphrase:", "--passphrase-file", "passphrase");
  expect(status).toBe(0);
  expect(stdout).toContain(`  CLAVIGER_ROOT_KEY=passphrase:\n  CLAVIGER_PASSPHRASE_FILE=${file}\n`);
});

test("says what the server could not read, and what to do", () => {
  expect(rekey("--to", `file:${join(folder, "none.key")}`)).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(/^error: There is no root key at .*\nhint: .*openssl rand.*\n$/),
  });
  expect(rekey("--to", "vault:elsewhere")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error: This names no source of root keys.\nhint: Give file:PATH/,
    ),
  });
});
