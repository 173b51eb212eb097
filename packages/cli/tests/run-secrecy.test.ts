/**
 * Values that `claviger run` reads are in its child's environment and nowhere else: not in our own,
 * on a command line, in a temporary file, the home folder, or what is printed when it fails.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { startRunning } from "./running.fixture.ts";
import { type VaultWithRoles, vaultWithRoles } from "./workload-roles.fixture.ts";

const root = new URL("../../..", import.meta.url).pathname;
const planted = "sk_planted_4eC39HqLyjWDarjtT1zdp7dc";

describe.skipIf(!existsSync("/proc/self/environ"))("a value", () => {
  let vault: VaultWithRoles;
  let home: string;

  beforeAll(async () => {
    vault = await vaultWithRoles(root, ["shop"]);
    const ssm = new SSM(clientConfiguration(vault.environment));
    await ssm.putParameter({ Name: "/shop/key", Value: planted, Type: "SecureString" });
    home = temporaryFolder("run-secrecy");
    mkdirSync(join(home, "tmp"));
  });
  afterAll(() => vault.stop());

  const run = (words: readonly string[]) =>
    startRunning(["--env", "KEY=ssm:/shop/key", ...words], {
      ...vault.environment,
      HOME: home,
      TMPDIR: join(home, "tmp"),
      XDG_CONFIG_HOME: join(home, "config"),
    });

  /** Of everything that its home and temporary folder hold now. */
  const filesHold = () =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .some((entry) =>
        readFileSync(join(entry.parentPath, entry.name), "latin1").includes(planted),
      );

  const commandLines = () =>
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => proc(pid, "cmdline"))
      .join("\n");

  function proc(pid: number | string, file: string): string {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1");
    } catch {
      return "";
    }
  }

  test.each([
    ["plainly", []],
    ["as a role, watched, redacted and copied", ["--role", "shop", "--watch", "--redact"]],
  ])("is the child's alone, run %s", async (_, words) => {
    const copied = ["--fallback", join(home, "copy.json")];
    const running = run([...words, ...copied, "--", "sh", "-c", "echo pid $$.; exec sleep 60"]);
    await running.until(/pid \d+\./);
    const [, child = ""] = /pid (\d+)\./.exec(running.printed()) ?? [];
    expect(proc(child, "environ")).toContain(planted);
    // The launcher hands over to Node in place, or starts it: all above the child are ours.
    for (let pid = parentOf(child); pid !== String(process.pid); pid = parentOf(pid)) {
      expect(proc(pid, "environ")).toContain("AWS_ENDPOINT_URL");
      expect(proc(pid, "environ")).not.toContain(planted);
    }
    expect(commandLines()).not.toContain(planted);
    expect(filesHold()).toBe(false);
    running.child.kill("SIGTERM");
    await running.ended;
    expect(running.printed()).not.toContain(planted);
    expect(filesHold()).toBe(false);
  });

  const parentOf = (pid: string) => /^PPid:\t(\d+)$/m.exec(proc(pid, "status"))?.[1] ?? "";

  test.each([
    ["no such command", ["--", "no-such-command"]],
    ["a value that is missing", ["--env", "B=ssm:/none", "--", "true"]],
  ])("stands in no message, with %s", async (_, words) => {
    const running = run(words);
    await running.ended;
    expect(running.printed()).not.toContain(planted);
    expect(filesHold()).toBe(false);
  });
});
