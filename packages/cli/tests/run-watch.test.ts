/** `claviger run --watch` on the vault, whose change feed tells at once what has changed. */
import { writeFileSync } from "node:fs";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type Gate, startGate } from "./gate.fixture.ts";
import { type Running, startRunning } from "./running.fixture.ts";
import { type VaultWithRoles, vaultWithRoles } from "./workload-roles.fixture.ts";

const root = new URL("../../..", import.meta.url).pathname;
let vault: VaultWithRoles;
let ssm: SSM;
let secretsManager: SecretsManager;
let gate: Gate;
let running: Running;

beforeAll(async () => {
  vault = await vaultWithRoles(root, ["weather-api"]);
  ssm = new SSM(clientConfiguration(vault.environment));
  secretsManager = new SecretsManager(clientConfiguration(vault.environment));
});
afterAll(() => vault.stop());

beforeEach(async () => {
  gate = await startGate(vault.url);
  await put("/moving/one", "1a");
  await put("/moving/two", "2a");
});
afterEach(async () => {
  running.child.kill("SIGTERM");
  await running.ended;
  await gate.close();
});

const put = (Name: string, Value: string) =>
  ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true });

/** Says what it has, and each signal that it gets; ends on SIGTERM. */
const child =
  `trap 'echo hup $ONE' HUP; trap 'echo term; exit 7' TERM; echo has $ONE $TWO; ` +
  `while :; do sleep 0.02; done`;

const node = [process.execPath, "--input-type=commonjs", "-e"];

const references = ["--env", "ONE=ssm:/moving/one", "--env", "TWO=ssm:/moving/two"];

function start(words: readonly string[], script = child): Running {
  running = startRunning(["--watch", ...words, "--", "sh", "-c", script], {
    ...vault.environment,
    AWS_ENDPOINT_URL: gate.url,
    XDG_CONFIG_HOME: temporaryFolder("watch"),
  });
  return running;
}

/** The feed is open once the library has fetched what changed before that. */
async function untilListening(): Promise<void> {
  await running.until(/has/);
  while (gate.asked.filter((operation) => /GetParameter|GetSecret/.test(operation)).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("several changes at once are one new start, and a child's own end is the end", async () => {
  start(references);
  await untilListening();
  await Promise.all([put("/moving/one", "1b"), put("/moving/two", "2b")]);
  await running.until(/has 1b 2b/);
  expect(running.printed()).toBe(
    "has 1a 2a\nnote: ONE, TWO have changed: the command is started anew\nterm\nhas 1b 2b\n",
  );
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(7);
});

test("a field that stays the same starts nothing anew", async () => {
  const secret = (key: string, other: string) => JSON.stringify({ key, other });
  await secretsManager.createSecret({ Name: "moving", SecretString: secret("1", "a") });
  start(["--env", "ONE=secretsmanager:moving#key"]);
  await untilListening();
  await secretsManager.putSecretValue({ SecretId: "moving", SecretString: secret("1", "b") });
  await secretsManager.putSecretValue({ SecretId: "moving", SecretString: secret("2", "c") });
  await running.until(/has 2/);
  expect(running.printed()).toBe(
    "has 1\nnote: ONE has changed: the command is started anew\nterm\nhas 2\n",
  );
});

test("a child may get a signal instead, with the environment that it has", async () => {
  start([...references, "--on-change", "SIGHUP"]);
  await untilListening();
  await put("/moving/one", "1c");
  await running.until(/hup/);
  expect(running.printed()).toBe(
    "has 1a 2a\nnote: ONE has changed: the command gets SIGHUP\nhup 1a\n",
  );
});

describe("the child goes on with what it has", () => {
  test("while a value is gone, which is told once", async () => {
    start([...references, "--ttl", "1s"]);
    await untilListening();
    await ssm.deleteParameter({ Name: "/moving/two" });
    await running.until(/warning/);
    await put("/moving/one", "1d");
    await put("/moving/two", "2d");
    await running.until(/has 1d 2d/);
    expect(running.printed()).toBe(
      "has 1a 2a\nwarning: 1 of 2 can't be read: ssm:/moving/two: no such secret or parameter; " +
        "the command goes on with the values that it has\n" +
        "note: ONE, TWO have changed: the command is started anew\nterm\nhas 1d 2d\n",
    );
  });

  test("while it is denied", async () => {
    start([...references, "--ttl", "1s"]);
    await untilListening();
    gate.refuse(/GetParameter/, { status: 400, code: "AccessDeniedException" });
    await put("/moving/one", "1e");
    await running.until(/warning: .*AccessDeniedException: not now; the command goes on/);
    gate.refuse(/GetParameter/, undefined);
    await running.until(/has 1e 2a/);
  });

  test("while the store fails half-way through a change", async () => {
    start([...references, "--ttl", "1s"]);
    await untilListening();
    gate.refuse(/GetParameter/, { status: 500, code: "InternalServerError" });
    await put("/moving/one", "1f");
    await running.until(/warning: .*; the command goes on/);
    gate.refuse(/GetParameter/, undefined);
    await running.until(/has 1f 2a/);
  });
});

test("whoever asks for the end gets no successor", async () => {
  // It takes its time to end, so that a change comes meanwhile.
  const slow = `trap 'echo term' TERM; echo has; while [ ! -e $DONE ]; do sleep 0.02; done; exit 8`;
  const done = `${temporaryFolder("slow")}/done`;
  start([...references, "--env", `DONE=${done}`], slow);
  await untilListening();
  await put("/moving/one", "1g");
  await running.until(/started anew\n(.*\n)*term/);
  running.child.kill("SIGTERM");
  await running.until(/term\nterm/);
  writeFileSync(done, "");
  expect(await running.ended).toBe(8);
});

describe("a role", () => {
  test("reads the values, and its child is the role as ever", async () => {
    const script = `echo $TOKEN $AWS_ACCESS_KEY_ID $AWS_CONTAINER_CREDENTIALS_FULL_URI`;
    running = startRunning(
      ["--role", "weather-api", "--env", "TOKEN=ssm:/weather-api/token", "--", "sh", "-c", script],
      vault.environment,
    );
    expect(await running.ended).toBe(0);
    expect(running.printed()).toMatch(/^of weather-api http:\/\/127\.0\.0\.1:\d+\/\S+\n$/);
  });

  test("may read nothing that whoever runs the command may", async () => {
    running = startRunning(
      ["--role", "weather-api", ...references, "--", "true"],
      vault.environment,
    );
    expect(await running.ended).toBe(1);
    expect(running.printed()).toMatch(
      /^error: 2 of 2 can't be read: ssm:\/moving\/one: AccessDenied.*role\/weather-api\//,
    );
  });

  test("that reads one by one needs no permission for batches", async () => {
    const { environment } = vault;
    await put("/weather-api/other", "other");
    running = startRunning(
      ["--role", "weather-api", "--env", "A=ssm:/weather-api/token"].concat([
        "--env",
        "B=ssm:/weather-api/other",
        "--",
        "sh",
        "-c",
        "echo $A, $B",
      ]),
      environment,
    );
    expect(await running.ended).toBe(0);
    expect(running.printed()).toBe("of weather-api, other\n");
  });

  test("is not overruled by keys in a file", async () => {
    running = startRunning(
      ["--role", "weather-api", "--env", "AWS_ACCESS_KEY_ID=ssm:/moving/one", "--", "true"],
      vault.environment,
    );
    expect(await running.ended).toBe(2);
    expect(running.printed()).toMatch(
      /^error: the command would not be weather-api alone: AWS_ACCESS_KEY_ID \(--env\)\nhint: /,
    );
  });

  test("starts from the copy in an outage, and has its credentials when that is over", async () => {
    const script = `
      console.log("has", process.env.TOKEN);
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = process.env;
      const headers = { authorization: require("node:fs").readFileSync(file, "utf8") };
      (async () => { for (let status; status !== 200; ) {
        const reply = await fetch(url, { headers });
        if (status !== reply.status) console.log("credentials:", (status = reply.status));
      } })();`;
    const home = temporaryFolder("role-copy");
    const words = ["--role", "weather-api", "--env", "TOKEN=ssm:/weather-api/token"];
    const started = () =>
      startRunning([...words, "--fallback", `${home}/copy.json`, "--", ...node, script], {
        ...vault.environment,
        AWS_ENDPOINT_URL: gate.url,
        XDG_CONFIG_HOME: home,
      });
    running = started();
    expect(await running.ended).toBe(0);
    await gate.close();
    running = started();
    await running.until(/has of weather-api\ncredentials: 503/);
    await gate.reopen();
    expect(await running.ended).toBe(0);
    expect(running.printed()).toMatch(
      /^warning: nothing answers at .*\nwarning: the command has the values of .*\n.*\n.*\ncredentials: 200\n$/,
    );
  });
});
