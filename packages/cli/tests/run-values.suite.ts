/**
 * `claviger run` with values in the place of references. The same against the vault and against
 * AWS's APIs as another project has them.
 */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type Gate, startGate } from "./gate.fixture.ts";
import { startRunning } from "./running.fixture.ts";
import { command } from "./typed-here.fixture.ts";

/** Begins every value, and must stand in no message. */
const planted = "sk_planted_";
const hard = `${planted}'"\`$HOME\n# two = lines\\`;

const variables = `process.stdout.write(JSON.stringify(process.env))`;
const asJson = [process.execPath, "-e", variables];

type Environment = Readonly<Record<string, string>>;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

export function runningWithValues(environment: () => Environment): void {
  let folder: string;
  let ssm: SSM;

  beforeAll(async () => {
    folder = temporaryFolder("values");
    ssm = new SSM(clientConfiguration(environment()));
    const secretsManager = new SecretsManager(clientConfiguration(environment()));
    const put = (Name: string, Value: string) =>
      ssm.putParameter({ Name, Value, Type: "SecureString" });
    await put("/shop/stripe", `${planted}stripe`);
    await put("/shop/hard", hard);
    await put("/shop/port", "8080");
    await put("/shop/json", JSON.stringify({ key: `${planted}field` }));
    await secretsManager.createSecret({
      Name: "shop/db",
      SecretString: JSON.stringify({ password: `${planted}password`, port: 5432 }),
    });
  });

  function file(name: string, text: string): string {
    writeFileSync(`${folder}/${name}`, text);
    return `${folder}/${name}`;
  }

  /** While it runs, so does a gate in this process. */
  async function run(words: readonly string[], over: Environment = {}) {
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const env = { ...cleanEnvironment(), ...environment(), XDG_CONFIG_HOME: `${folder}/config` };
    const options = { env: { ...env, ...over }, timeout: 20_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(command, ["run", ...words], options, (error, stdout, stderr) =>
      resolve({ stdout, stderr, status: Number(error?.code ?? 0) }),
    );
    const ended = await promise;
    expect(ended.stderr).not.toContain(planted);
    return ended;
  }

  async function seenBy(words: readonly string[], over: Environment = {}): Promise<Environment> {
    const { stdout, stderr, status } = await run([...words, "--", ...asJson], over);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    return JSON.parse(stdout);
  }

  describe("the child's environment", () => {
    test("has the value of each reference, and everything else as it stands", async () => {
      const env = file(
        ".env",
        "# the shop\nexport STRIPE_KEY=ssm:/shop/stripe # live\nHARD='ssm:/shop/hard'\n" +
          "PASSWORD='secretsmanager:shop/db#password'\nFIELD=\"ssm:/shop/json#key\"\n" +
          "PORT=8080\nEMPTY=\nURL=http://$HOST:${PORT}/\nFILE=/shop/stripe\n",
      );
      expect(await seenBy(["--env-file", env])).toMatchObject({
        STRIPE_KEY: `${planted}stripe`,
        HARD: hard,
        PASSWORD: `${planted}password`,
        FIELD: `${planted}field`,
        PORT: "8080",
        EMPTY: "",
        // Nothing is expanded, and a path alone is no reference.
        URL: "http://$HOST:${PORT}/",
        FILE: "/shop/stripe",
      });
    });

    test("has of each name the last: the environment's, files in order, --env", async () => {
      const first = file(".env", "A=of .env\nB=of .env\nC=of .env\nD=of .env\n");
      const second = file(
        "more.json",
        JSON.stringify({ B: "of json", C: "of json", nested: { d: 1 } }),
      );
      const third = file("more.yaml", "C: of yaml\n");
      const words = [first, second, third].flatMap((path) => ["--env-file", path]);
      const own = { A: "of the shell", E: "of the shell" };
      expect(
        await seenBy([...words, "--env", "D=ssm:/shop/port", "--env", "X=plain"], own),
      ).toMatchObject({
        A: "of .env",
        B: "of json",
        C: "of yaml",
        NESTED_D: "1",
        D: "8080",
        E: "of the shell",
        X: "plain",
      });
    });

    test("needs no credentials where there is nothing to read", async () => {
      const env = file("plain.env", "PORT=8080\n");
      const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_ENDPOINT_URL: "" };
      expect(await seenBy(["--env-file", env], none)).toMatchObject({ PORT: "8080" });
    });
  });

  describe("nothing is started", () => {
    test("where any value is missing: all are named, once each", async () => {
      const trace = `${folder}/started`;
      const words = ["A=ssm:/shop/stripe", "B=ssm:/shop/none", "C=ssm:/shop/none"];
      words.push("D=secretsmanager:shop/none", "E=secretsmanager:shop/db#none");
      const { status, stderr } = await run([
        ...words.flatMap((word) => ["--env", word]),
        "touch",
        trace,
      ]);
      expect(status).toBe(1);
      expect(stderr).toBe(
        "error: 3 of 4 can't be read: " +
          "ssm:/shop/none, secretsmanager:shop/none: no such secret or parameter; " +
          "secretsmanager:shop/db#none: no such field\n" +
          "hint: see what there is in us-east-1: claviger list\n",
      );
      expect(existsSync(trace)).toBe(false);
    });

    test("where a value can be no variable, which is not shown", async () => {
      await ssm.putParameter({ Name: "/shop/nul", Value: `${planted}\0x`, Type: "SecureString" });
      const { status, stderr } = await run(["--env", "A=ssm:/shop/nul", "true"]);
      expect(status).toBe(1);
      expect(stderr).toContain("error: the value for A has a NUL in it\n");
    });

    test("where there is no such command", async () => {
      for (const redact of [[], ["--redact"]]) {
        const { status, stderr } = await run([
          "--env",
          "A=ssm:/shop/stripe",
          ...redact,
          "--",
          "no-such",
        ]);
        expect(status).toBe(127);
        expect(stderr).toContain("error: no-such: not found\n");
      }
    });
  });

  describe("--redact", () => {
    const redacted = (script: string, over: Environment = {}) =>
      run(
        ["--redact", "--env", "KEY=ssm:/shop/stripe", "--", process.execPath, "-e", script],
        over,
      );

    test("masks values in both streams, encoded and in pieces, and keeps the exit code", async () => {
      const { KEY } = { KEY: "process.env.KEY" };
      const ended = await redacted(
        `console.log("as is", ${KEY}, Buffer.from(${KEY}).toString("base64"));` +
          `console.error("error", encodeURIComponent(${KEY}));` +
          `process.stdout.write(${KEY}.slice(0, 9));` +
          `setTimeout(() => { console.log(${KEY}.slice(9)); process.exitCode = 5; }, 100);`,
      );
      expect(ended).toEqual({
        stdout: "as is [redacted] [redacted]\n[redacted]\n",
        stderr: "error [redacted]\n",
        status: 5,
      });
    });

    test("passes on the whole of a large output before it ends", async () => {
      const { stdout, status } = await redacted(
        `process.stdout.write((process.env.KEY + " and on\\n").repeat(200_000));`,
      );
      expect(status).toBe(0);
      expect(stdout).toBe("[redacted] and on\n".repeat(200_000));
    });

    test("shows a prompt that has no line end yet", async () => {
      const script = `process.stdout.write("name? "); setTimeout(() => {}, 60_000)`;
      const words = ["--redact", "--env", "KEY=ssm:/shop/stripe", process.execPath, "-e", script];
      const running = startRunning(words, environment());
      await running.until(/^name\? $/);
      running.child.kill("SIGTERM");
      expect(await running.ended).toBe(143);
    });

    test("says which values are too short to be masked", async () => {
      const words = ["--redact", "--env", "PORT=ssm:/shop/port", "--env", "P=8080"];
      const { stdout, stderr } = await run([...words, "--", "sh", "-c", "echo $PORT"]);
      expect(stdout).toBe("8080\n");
      expect(stderr).toBe("note: too short to be masked: PORT\n");
    });
  });

  describe("--watch", () => {
    test("looks every --ttl where no change feed tells, and starts the child anew", async () => {
      await ssm.putParameter({ Name: "/shop/moving", Value: "one", Type: "String" });
      const words = ["--watch", "--ttl", "1s", "--env", "KEY=ssm:/shop/moving", "--", "sh", "-c"];
      const gate = await startGate(environment().AWS_ENDPOINT_URL ?? "", { isFeedMissing: true });
      const running = startRunning([...words, "echo has $KEY; exec sleep 60"], {
        ...environment(),
        AWS_ENDPOINT_URL: gate.url,
      });
      await running.until(/has one/);
      await ssm.putParameter({ Name: "/shop/moving", Value: "two", Overwrite: true });
      await running.until(/has two/);
      expect(running.printed()).toContain("note: KEY has changed: the command is started anew\n");
      running.child.kill("SIGTERM");
      expect(await running.ended).toBe(143);
      await gate.close();
    });
  });

  describe("--fallback", () => {
    let gate: Gate;
    let copy: string;

    beforeEach(async () => {
      gate = await startGate(environment().AWS_ENDPOINT_URL ?? "");
      copy = `${temporaryFolder("copy")}/fallback.json`;
    });
    afterEach(() => gate.close());

    const withCopy = (...more: readonly string[]) =>
      run(
        [
          "--fallback",
          copy,
          "--env",
          "KEY=ssm:/shop/stripe",
          ...more,
          "--",
          "sh",
          "-c",
          "echo $KEY",
        ],
        { AWS_ENDPOINT_URL: gate.url },
      );

    test("stands in while the store can't be reached", async () => {
      expect(await withCopy()).toEqual({ stdout: `${planted}stripe\n`, stderr: "", status: 0 });
      expect(readFileSync(copy, "utf8")).not.toContain(planted);
      expect((statSync(copy).mode & 0o777).toString(8)).toBe("600");
      await gate.close();
      expect(await withCopy()).toEqual({
        stdout: `${planted}stripe\n`,
        stderr: expect.stringMatching(
          /^warning: nothing answers at .*\nwarning: the command has the values of 20\S+Z, from the fallback copy\n$/,
        ),
        status: 0,
      });
      expect((await withCopy("--redact")).stdout).toBe("[redacted]\n");
    });

    test.each([
      ["fails", 500, "InternalServerError", true],
      ["throttles", 400, "ThrottlingException", true],
      ["denies", 400, "AccessDeniedException", false],
      ["has it no more", 400, "ParameterNotFound", false],
    ])("while the store %s: %d %s", async (_, status, code, isUsed) => {
      await withCopy();
      gate.refuse(/GetParameter/, { status, code });
      const ended = await withCopy();
      expect(ended.status).toBe(isUsed ? 0 : 1);
      expect(ended.stdout).toBe(isUsed ? `${planted}stripe\n` : "");
      expect(ended.stderr).toMatch(isUsed ? /from the fallback copy/ : /^error: /);
    });
  });
}
