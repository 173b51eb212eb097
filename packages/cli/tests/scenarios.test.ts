/**
 * What a user types and sees, as text files in scenarios/: a line that begins with `$ ` is typed,
 * the lines below it are what the command prints (standard output, then standard error), and
 * `[2]` is the exit code where it isn't 0. `…` stands for what differs from run to run.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";

const command = fileURLToPath(new URL("../bin/claviger", import.meta.url));
const here = fileURLToPath(new URL("scenarios/", import.meta.url));

for (const path of globSync(`${here}*.txt`)) {
  test(basename(path, ".txt"), () => {
    const cwd = temporaryFolder("scenario");
    const steps = readFileSync(path, "utf8")
      .split(/^(?=\$ )/m)
      .slice(1);
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      const [typed = "", ...expected] = step.split("\n");
      const seen = run(typed.slice(2), cwd);
      expect(seen).toMatch(pattern(expected.join("\n").trimEnd()));
    }
  });
}

function run(typed: string, cwd: string): string {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", typed.replace(/^claviger/, command)], {
    cwd,
    env: { ...cleanEnvironment(), NO_COLOR: "1", COLUMNS: "100" },
    encoding: "utf8",
    timeout: 20_000,
  });
  return `${stdout}${stderr}${status === 0 ? "" : `[${status}]`}`.trimEnd();
}

function pattern(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*?")}$`);
}
