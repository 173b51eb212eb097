/** What the shells offer at a press of the tab key, where they are installed. */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { command, typeAs } from "./typed-here.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("tab")}/data` });
  const claviger = typeAs(() => vault.environment);
  for (const name of [
    "/shop/prod/stripe/key",
    "/shop/prod/url",
    "/shop/dev/url",
    "secretsmanager:prod/db",
  ]) {
    await claviger(`put ${name}`, "value");
  }
});
afterAll(() => vault.stop());

const isThere = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

/** The last lines of what the shell prints; nothing may be told on standard error. */
function printed(
  shell: string,
  words: readonly string[],
  environment = vault.environment,
): string[] {
  const { PATH = "", ...others } = cleanEnvironment();
  const env = { ...others, ...environment, PATH: `${dirname(command)}:${PATH}` };
  const { stdout, stderr } = spawnSync(shell, words, { env, encoding: "utf8", timeout: 30_000 });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

const typed: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["claviger poli", ["policy"]],
  ["claviger policy unus", ["unused"]],
  ["claviger policy unused --d", ["--days"]],
  ["claviger keys rotate --pro", ["--profile"]],
  ["claviger get /shop/", ["/shop/dev/", "/shop/prod/"]],
  ["claviger get ssm:/shop/prod/", ["ssm:/shop/prod/stripe/", "ssm:/shop/prod/url"]],
  ["claviger get secretsmanager:pr", ["secretsmanager:prod/"]],
  ["claviger cp /shop/dev/", ["/shop/dev/url"]],
  ["claviger get /nothing", []],
  ["claviger get --version /shop/", []],
];

describe.skipIf(!isThere("bash"))("bash", () => {
  /** Readline has taken what stands before the last colon for words of their own. */
  const afterColon = (word: string) => word.slice(word.lastIndexOf(":") + 1);

  test("offers commands, options and references", () => {
    const lines = typed.map(
      ([line]) =>
        `COMP_LINE='${line}'; COMP_POINT=${line.length}; COMPREPLY=(); _claviger; echo "\${COMPREPLY[*]}|"`,
    );
    const script = ['COMP_WORDBREAKS=" :="', 'eval "$(claviger completion bash)"', ...lines].join(
      "\n",
    );
    expect(printed("bash", ["--norc", "-c", script])).toEqual(
      typed.map(([, offered]) => `${offered.map(afterColon).join(" ")}|`),
    );
  });

  test("completes in the middle of a line, and is silent where nothing answers", () => {
    const middle =
      'COMP_LINE="claviger keys ro --profile x"; COMP_POINT=16; _claviger; echo "${COMPREPLY[*]}"';
    const script = `eval "$(claviger completion bash)"; ${middle}; COMP_LINE="claviger get /shop/"; COMP_POINT=19; _claviger; echo "none: \${COMPREPLY[*]}"`;
    const nowhere = { ...vault.environment, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
    expect(printed("bash", ["--norc", "-c", script], nowhere)).toEqual(["rotate", "none: "]);
  });
});

describe.skipIf(!isThere("fish"))("fish", () => {
  test.each(typed.filter(([line]) => !line.includes("--version")))("%s", (line, offered) => {
    const script = `claviger completion fish | source; complete -C '${line}'`;
    const words = printed("fish", ["--no-config", "-c", script]).map((each) => each.split("\t")[0]);
    expect(words).toEqual(offered);
  });
});

describe.skipIf(!isThere("zsh"))("zsh", () => {
  test("takes the script, and registers it", () => {
    const script = 'compdef() { print "$@" }; eval "$(claviger completion zsh)"';
    expect(printed("zsh", ["-f", "-c", script])).toEqual(["_claviger claviger"]);
  });
});

test("a shell that it doesn't know is told", async () => {
  const { stderr, status } = await typeAs(() => vault.environment)("completion tcsh");
  expect({ stderr, status }).toEqual({
    stderr: "error: 'tcsh' is not a shell that it knows\nhint: give one of bash, zsh, fish\n",
    status: 2,
  });
});
