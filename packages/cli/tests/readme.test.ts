/** Runs the README's shell blocks, in order, as a newcomer would, against a vault of their own. */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startVaultProcess, temporaryFolder } from "../../../tools/harness/vault-process.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const [first, ...blocks] = [
  ...readFileSync(`${root}README.md`, "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm),
].map(([, block = ""]) => block);

test("the README begins with npm start", () => {
  // `npm run prove -- first-start` runs it from a fresh clone.
  expect(first).toBe("npm start\n");
});

test.skipIf(!isInstalled("aws"))("the README's commands do what it says", async () => {
  const vault = await startVaultProcess({
    root,
    dataDirectory: `${temporaryFolder("readme")}/data`,
  });
  try {
    const { stdout } = await promisify(execFile)(
      "bash",
      ["-euo", "pipefail", "-c", blocks.join("")],
      {
        cwd: root,
        env: {
          ...process.env,
          CLAVIGER_DATA: vault.dataDirectory,
          AWS_CONFIG_FILE: "/dev/null",
          AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        },
      },
    );
    expect(stdout).toContain("the token of the weather provider");
    expect(stdout).toContain('{"apiKey":"sk_test_1"}');
    expect(stdout).toMatch(/\d{4}-\d{2}-\d{2}T/);
    for (const operation of ["PutParameter", "GetParameter", "AssumeRole", "CreateSecret"]) {
      expect(stdout).toContain(operation);
    }
  } finally {
    await vault.stop();
  }
});

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
