/** `claviger run` as a user runs it: the role and nothing else, signals, exit codes, no traces. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { type VaultWithRoles, vaultWithRoles } from "./workload-roles.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const command = `${root}packages/cli/bin/claviger`;
const workload = fileURLToPath(new URL("workload.child.ts", import.meta.url));

const hasPython = spawnSync("python3", ["--version"]).status === 0;

let vault: VaultWithRoles;
/** Whatever the command leaves behind would lie here. */
const temporary = temporaryFolder("run");

beforeAll(async () => {
  vault = await vaultWithRoles(root, ["weather-api", "billing"]);
});
afterAll(() => vault.stop());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

function environment(more: Variables = {}): Variables {
  return { ...vault.operator, TMPDIR: temporary, ...more };
}

function claviger(words: readonly string[], more: Variables = {}): Promise<Ended> {
  return executed(command, ["run", ...words], more);
}

function executed(file: string, words: readonly string[], more: Variables = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: environment(more), timeout: 20_000 };
    execFile(file, words, options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

function asWeatherApi(...words: readonly string[]): Promise<Ended> {
  return claviger(["--role", "weather-api", "--", ...words]);
}

/** What workload.child.ts saw: its environment, its files, and what it could read. */
async function workloadSees(words: readonly string[], more: Variables = {}) {
  const { code, stdout, stderr } = await claviger(
    [...words, "--", process.execPath, workload],
    more,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("the child", () => {
  test("is the role: it reads its own parameter and is refused another's", async () => {
    expect((await workloadSees(["--role", "weather-api"])).read).toEqual({
      "/weather-api/token": "of weather-api",
      "/billing/token": "AccessDeniedException",
    });
    const arn = "arn:aws:iam::123456789012:role/billing";
    expect((await workloadSees(["--role", arn])).read).toEqual({
      "/weather-api/token": "AccessDeniedException",
      "/billing/token": "of billing",
    });
  });

  test("has no static key in any variable or file, and only files of its own", async () => {
    const seen = await workloadSees(["--role", "weather-api"]);
    const key = vault.environment.AWS_SECRET_ACCESS_KEY ?? "";
    expect(key).not.toBe("");
    const held = JSON.stringify([seen.environment, seen.files]);
    expect(held).not.toContain(key);
    expect(held).not.toMatch(/A[KS]IA[A-Z0-9]{16}/);
    const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = seen.environment;
    const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile } = seen.environment;
    expect(seen.files).toEqual({
      [AWS_CONFIG_FILE]: { mode: "600", text: "" },
      [AWS_SHARED_CREDENTIALS_FILE]: { mode: "600", text: "" },
      [tokenFile]: { mode: "600", text: expect.stringMatching(/^[\w-]{43}$/) },
    });
    for (const path of Object.keys(seen.files)) expect(existsSync(path)).toBe(false);
  });

  test("is not led elsewhere by profiles and variables of whoever runs it", async () => {
    const home = temporaryFolder("home");
    mkdirSync(`${home}/.aws`);
    const keys = "aws_access_key_id = AKIAPROFILEPROFILE00\naws_secret_access_key = profile\n";
    writeFileSync(`${home}/.aws/credentials`, `[default]\n${keys}[other]\n${keys}`);
    writeFileSync(`${home}/.aws/config`, "[profile other]\nregion = ap-south-1\n");
    const { read, environment: its } = await workloadSees(["--role", "weather-api"], {
      HOME: home,
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/billing",
      AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/no-such-token`,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/elsewhere",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:9",
      CLAVIGER_ROOT_ACCESS_KEY_ID: "AKIAROOTROOTROOTROOT",
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: "root",
    });
    expect(read["/weather-api/token"]).toBe("of weather-api");
    expect(
      Object.keys(its)
        .filter((name) => /^(AWS|CLAVIGER|BOTO)_/.test(name))
        .sort(),
    ).toEqual([
      "AWS_CONFIG_FILE",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_DEFAULT_REGION",
      "AWS_EC2_METADATA_DISABLED",
      "AWS_ENDPOINT_URL",
      "AWS_REGION",
      "AWS_SHARED_CREDENTIALS_FILE",
      "BOTO_CONFIG",
    ]);
  });

  test("gets the region and endpoint of the profile that its role was assumed with", async () => {
    const home = temporaryFolder("home");
    const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = vault.environment;
    writeFileSync(
      `${home}/config`,
      `[profile vault]\nregion = us-east-1\nendpoint_url = ${AWS_ENDPOINT_URL}\n` +
        `aws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\n`,
    );
    const unset = Object.keys(vault.environment).map((name) => [name, undefined]);
    const seen = await workloadSees(["--role", "weather-api"], {
      ...Object.fromEntries(unset),
      AWS_CONFIG_FILE: `${home}/config`,
      AWS_PROFILE: "vault",
    });
    expect(seen.read["/weather-api/token"]).toBe("of weather-api");
    expect(new URL(seen.environment.AWS_ENDPOINT_URL).href).toBe(new URL(vault.url).href);
  });

  test("goes by the name, region and time that were asked for", async () => {
    const words = ["--session-name", "deploy-7", "--region", "eu-west-1", "--duration", "900"];
    const {
      caller,
      environment: its,
      secondsLeft,
    } = await workloadSees(["--role", "weather-api", ...words]);
    expect(caller).toBe("arn:aws:sts::123456789012:assumed-role/weather-api/deploy-7");
    expect(its).toMatchObject({ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1" });
    expect(secondsLeft).toBeLessThanOrEqual(900);
    expect(secondsLeft).toBeGreaterThan(800);
  });

  test("has our standard input, output and error as they are", async () => {
    const child = spawn(command, ["run", "--role", "weather-api", "cat", "-"], {
      env: environment(),
      stdio: ["pipe", "pipe", "pipe"],
    });
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    child.stdin.end(bytes);
    const [[seen]] = await Promise.all([once(child.stdout, "data"), once(child, "exit")]);
    expect(seen).toEqual(bytes);
  });
});

describe("the exit code", () => {
  test.each([
    ["the child's", ["sh", "-c", "exit 7"], 7],
    ["128 + 15 after SIGTERM", ["sh", "-c", "kill -TERM $$"], 143],
    ["128 + 9 after SIGKILL", ["sh", "-c", "kill -KILL $$"], 137],
  ])("is %s", async (_, words, code) => {
    expect(await asWeatherApi(...words)).toEqual({ code, stdout: "", stderr: "" });
  });

  test.each([
    ["127 where there is no such command", "no-such-command", 127],
    ["126 where it can't be run", "/", 126],
  ])("is %s", async (_, word, code) => {
    const ended = await asWeatherApi(word);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(/^error: .+\nhint: .+\n$/);
  });
});

describe("signals", () => {
  const signals = ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "WINCH"] as const;

  test.each(signals)("SIG%s reaches the child, whose exit code is ours", async (signal) => {
    const script = `trap 'echo caught; exit 9' ${signal}; echo ready; while :; do sleep 0.05; done`;
    const { child, printed } = await started("sh", "-c", script);
    child.kill(`SIG${signal}`);
    const [code] = await once(child, "exit");
    expect(code).toBe(9);
    expect(printed()).toBe("ready\ncaught\n");
  });

  test.skipIf(!hasPython)("a terminal's Ctrl-C reaches the child once", async () => {
    const script = "trap 'echo caught' INT; echo ready; sleep 0.5; sleep 0.5; exit 9";
    const words = ["-c", atTerminal, command, "run", "--role", "weather-api", "--"];
    const ended = await executed("python3", [...words, "sh", "-c", script]);
    expect(ended.code).toBe(9);
    expect(ended.stdout.match(/caught/g)).toHaveLength(1);
  });

  test("a child that dies of one leaves neither itself nor a file", async () => {
    const { child, printed } = await started("sh", "-c", "echo $$; exec sleep 100");
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(code).toBe(143);
    expect(() => process.kill(Number(printed()), 0)).toThrow("ESRCH");
    expect(readdirSync(temporary)).toEqual([]);
  });
});

/** Types Ctrl-C at a terminal, as soon as something is printed there, and prints all that was. */
const atTerminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
typed = False
while True:
    try:
        seen += os.read(terminal, 4096)
    except OSError:
        break
    if not typed and b"ready" in seen:
        typed = os.write(terminal, b"\\x03") == 1
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

async function started(
  ...words: readonly string[]
): Promise<{ child: ChildProcess; printed: () => string }> {
  const child = spawn(command, ["run", "--role", "weather-api", "--", ...words], {
    env: environment(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  await once(child.stdout, "data");
  return { child, printed: () => printed };
}

describe("a role that can't be had", () => {
  test("is said to be missing", async () => {
    const ended = await claviger(["--role", "nobody", "--", "true"]);
    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: there is no role arn:aws:iam::123456789012:role\/nobody\nhint: .*create-role/,
      ),
    });
  });

  test("is said not to trust whoever asks", async () => {
    const inner = await asWeatherApi(command, "run", "--role", "billing", "--", "true");
    expect(inner).toMatchObject({ code: 1, stdout: "" });
    expect(inner.stderr).toMatch(
      /^error: .*role\/billing doesn't let .*assumed-role\/weather-api\/.* assume it\nhint: .*trust policy/,
    );
  });
});

test("nothing of all this is left", () => {
  expect(readdirSync(temporary)).toEqual([]);
});
