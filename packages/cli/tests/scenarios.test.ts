/**
 * What a user types and sees, as text files in scenarios/: a line that begins with `$ ` is typed,
 * the lines below it are what the command prints (standard output, then standard error), and
 * `[2]` is the exit code where it isn't 0. `…` stands for what differs from run to run.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";

const path = `${fileURLToPath(new URL("../bin", import.meta.url))}${delimiter}${process.env.PATH}`;
const here = fileURLToPath(new URL("scenarios/", import.meta.url));

for (const file of globSync(`${here}*.txt`)) {
  test(basename(file, ".txt"), () => {
    const cwd = temporaryFolder("scenario");
    const steps = readFileSync(file, "utf8")
      .split(/^(?=\$ )/m)
      .filter((step) => step.startsWith("$ "));
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      const [typed = "", ...expected] = step.split("\n");
      const seen = run(typed.slice(2), cwd);
      expect(seen).toMatch(pattern(expected.join("\n").trimEnd()));
    }
  });
}

function run(typed: string, cwd: string): string {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", typed], {
    cwd,
    env: { ...cleanEnvironment(), PATH: path, NO_COLOR: "1", COLUMNS: "100" },
    encoding: "utf8",
    timeout: 20_000,
  });
  return `${stdout}${stderr}${status === 0 ? "" : `[${status}]`}`.trimEnd();
}

function pattern(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*?")}$`);
}
