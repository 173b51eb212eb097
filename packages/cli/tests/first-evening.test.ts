/**
 * The first evening, word for word as scenarios/on-a-vault/first-evening.txt has it: from a project
 * with 14 live-looking keys in three files to one without, which runs under its own role.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type LeakyProject, makeLeakyProject } from "./leaky-project.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const bin = fileURLToPath(new URL("../bin", import.meta.url));
const session = new URL("scenarios/on-a-vault/first-evening.txt", import.meta.url);
const isAwsInstalled = spawnSync("aws", ["--version"]).status === 0;

interface Step {
  readonly typed: string;
  readonly expected: string;
}

const steps: readonly Step[] = readFileSync(session, "utf8")
  .split(/^\$ /m)
  .slice(1)
  .map((block) => {
    const [typed = "", ...expected] = block.split("\n");
    return { typed, expected: expected.join("\n").trimEnd() };
  });

describe("the first evening", () => {
  let vault: VaultProcess;
  let project: LeakyProject;

  beforeAll(async () => {
    vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("evening")}/data` });
    project = makeLeakyProject(temporaryFolder("shop"));
    if (!isAwsInstalled) await makeRole(vault);
  });
  afterAll(() => vault.stop());

  test("goes as it is written", () => {
    const done = isAwsInstalled ? steps : steps.filter(({ typed }) => !typed.startsWith("aws "));
    const seen = replay(done, project.folder, vault);
    for (const [at, { expected }] of done.entries()) expect(seen[at]).toBe(expected);
    expect(done.length).toBeGreaterThan(4);
    for (const value of Object.values(project.keys)) expect(seen.join("")).not.toContain(value);
  });

  test("leaves none of the 14 keys in the working tree", () => {
    expect(Object.keys(project.keys)).toHaveLength(14);
    const tree = readdirSync(project.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("");
    for (const [variable, value] of Object.entries(project.keys)) {
      expect([variable, tree.includes(value)]).toEqual([variable, false]);
    }
  });

  test("stands in the README, line by line, with less of it", () => {
    const written = readFileSync(session, "utf8").split("\n");
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const [, recording = ""] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
    const lines = recording.split("\n").filter((line) => line !== "" && line !== "…");
    expect(lines.length).toBeGreaterThan(15);
    expect(written.filter((line) => lines.includes(line))).toEqual(lines);
  });

  test("is less than five minutes of typing", () => {
    const slowCharactersPerMinute = 150;
    const characters = steps.reduce((sum, { typed }) => sum + typed.length + 1, 0);
    expect(characters / slowCharactersPerMinute).toBeLessThan(5);
  });
});

/** What each step prints, both streams as they come, in one shell. */
function replay(done: readonly Step[], cwd: string, vault: VaultProcess): string[] {
  const end = "\u0001";
  const script = done.map(({ typed }) => `{ ${typed}\n} 2>&1 || echo "[$?]"; printf '${end}'\n`);
  const printed = execFileSync("bash", ["-c", script.join("")], {
    cwd,
    env: {
      ...cleanEnvironment(),
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      CLAVIGER_DATA: vault.dataDirectory,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      NO_COLOR: "1",
    },
    encoding: "utf8",
  });
  return printed.split(end).map((text) => text.trimEnd());
}

/** The step that takes the AWS CLI, where there is none. */
async function makeRole({ environment }: VaultProcess): Promise<void> {
  const { typed = "" } = steps.find((step) => step.typed.startsWith("aws iam create-role")) ?? {};
  const [, RoleName, AssumeRolePolicyDocument] =
    /--role-name (\S+) .*--assume-role-policy-document '(.*?)'/.exec(typed) ?? [];
  await new IAM(clientConfiguration(environment)).createRole({
    RoleName,
    AssumeRolePolicyDocument,
  });
}
