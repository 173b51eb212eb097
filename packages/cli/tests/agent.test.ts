/** `claviger agent` as a user runs it: what it prints is all that a workload needs. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { type VaultWithRoles, vaultWithRoles } from "./workload-roles.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const command = `${root}packages/cli/bin/claviger`;
const workload = fileURLToPath(new URL("workload.child.ts", import.meta.url));
const temporary = temporaryFolder("agent");

let vault: VaultWithRoles;
let agent: ChildProcess | undefined;

beforeAll(async () => {
  vault = await vaultWithRoles(root, ["weather-api", "billing"]);
});
afterEach(async () => {
  if (agent !== undefined) await ended(agent, "SIGTERM");
  expect(readdirSync(temporary)).toEqual([]);
});
afterAll(() => vault.stop());

/** Starts it and returns what it printed: a section for every workload, then one for each way. */
async function started(...words: readonly string[]): Promise<string[]> {
  agent = spawn(command, ["agent", ...words], {
    env: { ...vault.operator, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed] = await once(agent.stdout as NodeJS.ReadableStream, "data");
  return String(printed).trimEnd().split("\n\n");
}

async function ended(process: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (process.exitCode !== null) return process.exitCode;
  process.kill(signal);
  const [code] = await once(process, "exit");
  return code;
}

/** What a workload sees that a shell starts after it took the printed lines. */
async function workloadSees(...sections: readonly (string | undefined)[]) {
  const lines = sections.join("\n");
  const { stdout } = await promisify(execFile)(
    "sh",
    ["-c", `${lines}\nexec "$@"`, "sh", process.execPath, workload],
    // A shell with a key and a profile of its own: the lines take both away.
    { env: { ...cleanEnvironment(), AWS_PROFILE: "none", AWS_ACCESS_KEY_ID: "AKIAOTHER" } },
  );
  return JSON.parse(stdout);
}

const readsWeather = {
  "/weather-api/token": "of weather-api",
  "/billing/token": "AccessDeniedException",
};

test("several roles, each with a path and a token of its own", async () => {
  const [every, weather, billing] = await started("--role", "weather-api", "--role", "billing");
  const seen = await workloadSees(every, weather);
  expect(seen.read).toEqual(readsWeather);
  expect(seen.files[seen.environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE]).toEqual({
    mode: "600",
    text: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect((await workloadSees(every, billing)).read).toEqual({
    "/weather-api/token": "AccessDeniedException",
    "/billing/token": "of billing",
  });
});

test("one role by its name and its ARN is one too many", async () => {
  const words = ["agent", "--role", "weather-api", "arn:aws:iam::123456789012:role/weather-api"];
  const failed = promisify(execFile)(command, words, { env: vault.operator });
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: "error: a role is given twice\nhint: give each once, by its name or its ARN\n",
  });
});

test("as an instance and as a container at once", async () => {
  const words = ["--role", "weather-api", "--imds", "0", "--container", "0"];
  const [every, container, instance] = await started(...words);
  for (const way of [container, instance]) {
    const seen = await workloadSees(every, way);
    expect(seen.read).toEqual(readsWeather);
    expect(JSON.stringify(seen)).not.toMatch(/A[KS]IA[A-Z0-9]{5}/);
  }
  expect(instance).toMatch(/\nexport AWS_EC2_METADATA_SERVICE_ENDPOINT=http:\/\/127\.0\.0\.1:\d+$/);
});

test.each([
  ["SIGTERM", 0],
  ["SIGHUP", 0],
  ["SIGINT", 130],
] as const)("%s ends it with %s and leaves no file", async (signal, code) => {
  await started("--role", "weather-api");
  expect(readdirSync(temporary)).toHaveLength(1);
  expect(agent && (await ended(agent, signal))).toBe(code);
  expect(readdirSync(temporary)).toEqual([]);
});
