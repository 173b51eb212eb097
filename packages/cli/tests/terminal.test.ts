/** What somebody at a terminal sees and types; `script` of util-linux is the terminal. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { rotatorRole } from "./rotator-role.fixture.ts";
import { command, typeAs } from "./typed-here.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const isScriptThere = /util-linux/.test(spawnSync("script", ["--version"]).stdout?.toString());

describe.skipIf(!isScriptThere)("at a terminal", () => {
  let vault: VaultProcess;

  beforeAll(async () => {
    vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("tty")}/data` });
  });
  afterAll(() => vault.stop());

  /** Types `keys` as soon as `awaited` is on the screen; resolves with the screen at the end. */
  function typedAt(words: string, awaited: string, keys: string) {
    const child = spawn("script", ["-qefc", `${command} ${words}`, "/dev/null"], {
      env: { ...cleanEnvironment(), ...vault.environment, NO_COLOR: "1" },
    });
    let screen = "";
    let isTyped = false;
    child.stdout.on("data", (chunk: Buffer) => {
      screen += chunk;
      if (isTyped || !screen.includes(awaited)) return;
      isTyped = true;
      child.stdin.write(keys);
    });
    return new Promise<{ screen: string; status: number | null }>((resolve) => {
      child.on("close", (status) =>
        resolve({ screen: stripVTControlCharacters(screen).replaceAll("\r", ""), status }),
      );
    });
  }

  const type = typeAs(() => vault.environment);
  const get = (reference: string) => type(`get ${reference}`);

  test("a value is asked for and never shown", async () => {
    const { screen, status } = await typedAt("put /t/token", "Value of", "wx_hiddex\x7fn\r");
    expect(screen).toBe("Value of ssm:/t/token: \nssm:/t/token: created\n");
    expect(status).toBe(0);
    expect((await get("/t/token")).stdout).toBe("wx_hidden");
  });

  test("several pasted lines are refused whole", async () => {
    const { screen, status } = await typedAt("put /t/pem", "Value of", "-----BEGIN\rwx_2\r");
    expect(screen).toBe(
      "Value of ssm:/t/pem: \nerror: that is more than one line\nhint: give it as a file: @FILE\n",
    );
    expect(status).toBe(1);
    expect((await get("/t/pem")).status).toBe(1);
  });

  test("Ctrl-C changes nothing", async () => {
    const { screen, status } = await typedAt("put /t/never", "Value of", "wx_1\x03");
    expect(screen).toBe("Value of ssm:/t/never: \nerror: interrupted\nhint: nothing was changed\n");
    expect(status).toBe(130);
  });

  test("a deletion takes a yes", async () => {
    await type("put /t/old", "value");
    const { screen, status } = await typedAt("rm /t/old", "[y/N]", "n\r");
    expect(screen).toContain("Parameters have no recovery.\nGo on? [y/N]");
    expect(screen).toContain("note: nothing was changed.\n");
    expect(status).toBe(0);
    expect((await get("/t/old")).stdout).toBe("value");
    expect(await typedAt("rm /t/old", "[y/N]", "\x03")).toMatchObject({
      screen: expect.stringContaining("error: interrupted\nhint: nothing was changed\n"),
      status: 130,
    });
    await typedAt("rm /t/old", "[y/N]", "y\r");
    expect((await get("/t/old")).status).toBe(1);
  });

  test("an import shows what it would do, takes a yes, and shows no value", async () => {
    const file = `${temporaryFolder("tty")}/.env`;
    writeFileSync(file, "SESSION_TOKEN=wx_hidden_token\nPORT=80\n");
    const words = `import ${file} --app t --env tty --replace`;
    const no = await typedAt(words, "[y/N]", "n\r");
    expect(no.screen).toMatch(/Write 2 values, rewrite 1 file\? \[y\/N\] n\s+note: nothing was/);
    expect((await get("/t/tty/session/token")).status).toBe(1);
    const { screen, status } = await typedAt(words, "[y/N]", "y\r");
    expect(status).toBe(0);
    expect(screen).toContain("writing 2 of 2: ssm:/t/tty/config/port");
    expect(no.screen + screen).not.toContain("wx_hidden");
    expect((await get("/t/tty/session/token")).stdout).toBe("wx_hidden_token");
    expect(readFileSync(file, "utf8")).toBe(
      "SESSION_TOKEN=ssm:/t/tty/session/token\nPORT=ssm:/t/tty/config/port\n",
    );
  });

  test("a revocation takes a yes, and says what is left to do by hand", async () => {
    await type("put secretsmanager:t/leaked", "value");
    const no = await typedAt("revoke secretsmanager:t/leaked", "[y/N]", "n\r");
    expect(no.screen).toContain("Its readers are without a key until there is a new one.");
    expect(no.screen).toContain("note: nothing was changed.\n");
    expect((await get("secretsmanager:t/leaked")).stdout).toBe("value");
    const { screen, status } = await typedAt("revoke secretsmanager:t/leaked", "[y/N]", "y\r");
    expect(status).toBe(0);
    expect(screen).toMatch(
      /refused to everybody, on every node\nWho read it[\s\S]*\nBy hand: revoke/,
    );
    expect((await get("secretsmanager:t/leaked")).status).toBe(1);
  });

  test("the table of rotations is drawn anew until Ctrl-C", async () => {
    const { screen, status } = await typedAt("rotations --watch", "No secret", "\x03");
    expect(screen).toMatch(
      /^(No secret that you may describe is rotated yet: claviger rotate --help\n)+/,
    );
    expect(status).toBe(130);
  });

  test("Ctrl-C in place of a key that is made by hand says that the rotation waits for it", async () => {
    const role = await rotatorRole(vault.environment);
    await type("put secretsmanager:t/hand", "value");
    const words = `rotate secretsmanager:t/hand --type StripeApiKey --role ${role}`;
    const { screen, status } = await typedAt(words, "New value of", "\x03");
    expect(screen).toMatch(/^ {2}● by hand[\s\S]*\nBy hand:\n {2}At https:/m);
    expect(screen).toMatch(
      /\nerror: interrupted\nhint: the rotation waits for the new value: claviger rotate \S+\n$/,
    );
    expect(status).toBe(130);
  });

  test("a value gets its line feed", async () => {
    await type("put /t/line", "value");
    expect((await typedAt("get /t/line", "never", "")).screen).toBe("value\n");
  });
});
