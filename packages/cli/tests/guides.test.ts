/** Runs the shell blocks of the README and the guides, in order, as a newcomer would. */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { startVaultProcess, temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { differences } from "./env-corpus/corpus.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

// A guide starts dozens of processes, and another one runs beside it.
vi.setConfig({ testTimeout: 240_000 });

test("the README begins with npm start", () => {
  // `npm run prove -- first-start` runs it from a fresh clone.
  expect(blocksOf("README.md")[0]).toBe("npm start\n");
});

test.concurrent("the guide to every day does what it says", async () => {
  const printed = await run(blocksOf("docs/guides/day-to-day.md"));
  expect(printed).toMatch(/^sk_test_first5432NAME/);
  expect(printed).toMatch(/key {3}SecureString {2}payments {2}(now|\dm)/);
  expect(printed).toContain("~ password\n  2 fields are the same\n");
  expect(printed).toMatch(/pw_firstsk_test_secondgone for good\n$/);
});

test.concurrent("the guide to env files does what it says", async () => {
  const printed = await run(blocksOf("docs/guides/env-files.md"));
  expect(printed).toMatch(/^STRIPE_API_KEY=sk_test_1\nDB_USER=shop\nDB_PASSWORD='pw 1'\n/);
  expect(printed).toContain("export DATABASE_PASSWORD='pw 1'\nexport PORT=8080\n");
  expect(printed).toMatch(/kind: Secret\nmetadata:\n {2}name: /);
  expect(printed).toMatch(/"postgres:\/\/shop:pw%201@db\/shop"\nstripe: "sk_test_1"\n$/);
});

test.concurrent("the guide to running a program does what it says", async () => {
  const printed = await run(blocksOf("docs/guides/run.md"));
  expect(printed).toContain("sk_test_guide_1 pw_guide_1 8080\n");
  expect(printed).toMatch(
    /with sk_test_guide_1\nnote: STRIPE_KEY has changed: .* anew\nwith sk_test_guide_2\n/,
  );
  expect(printed).toMatch(/key: \[redacted\]\ncopied for port 8080\n$/);
});

test.concurrent("the guide to the first evening does what it says", async () => {
  const printed = await run(blocksOf("docs/guides/the-first-evening.md"));
  expect(printed).toMatch(
    /STRIPE_KEY +Stripe secret key, live +ssm:\/shop\/production\/stripe\/api_key/,
  );
  expect(printed).toContain("ADMIN_PASSWORD: weak: among the first that anybody tries\n");
  expect(printed).toContain("STRIPE_KEY=ssm:/shop/production/stripe/api_key   # the live one\n");
  expect(printed).toMatch(/port 8080, a key of 32 letters\nrotate: SENDGRID_API_KEY: git has it/);
});

test("the guide to env files names each difference from dotenv", () => {
  const guide = readFileSync(`${root}docs/guides/env-files.md`, "utf8");
  for (const { name } of Object.values(differences)) expect(guide).toContain(`**${name}**`);
});

test.concurrent("the guide to the client does what it says", async () => {
  const guide = "docs/guides/the-client.md";
  const printed = await run([...blocksOf(guide), `node ${programOf(guide)}\n`]);
  expect(printed).toMatch(/^wx_first_token 20$/m);
  expect(printed).toContain("the token is [redacted] the token is [redacted]\n");
  expect(printed).toContain('"url":"https://api.provider.example?key=[redacted]"');
  expect(printed).toContain("\nwx_2 2\n");
  expect(printed).toMatch(/version 1 is now 2\nwx_second_token\n$/);
});

test.concurrent("the guide from Powertools and the SDK does what it says", async () => {
  const guide = "docs/guides/from-powertools-and-sdk.md";
  const printed = await run([...blocksOf(guide), `node ${programOf(guide)}\n`]);
  expect(printed).toContain("wx_first_token app\n{ statusCode: 200 }\n");
  expect(printed).toContain("a plain text\na plain text\n");
  expect(printed).toMatch(/\n1 secretsmanager:prod\/not-moved-yet or env:HOME\n$/);
});

describe.skipIf(!isInstalled("aws"))("the commands do what is said of them", () => {
  test.concurrent("in the README", async () => {
    const printed = await run(blocksOf("README.md").slice(1));
    expect(printed).toContain("the token of the weather provider");
    expect(printed).toContain("Denied: ssm:GetParameter");
    expect(printed).toContain('{"apiKey":"sk_test_1"}');
    expect(printed).toMatch(/\d{4}-\d{2}-\d{2}T/);
    for (const operation of ["PutParameter", "GetParameter", "AssumeRole", "CreateSecret"]) {
      expect(printed).toContain(operation);
    }
  });

  test.concurrent("in the guide to one role and one token", async () => {
    const printed = await run(blocksOf("docs/guides/one-role-one-token.md"));
    expect(printed).toMatch(/wx_first_token[\s\S]*denied, as it should be[\s\S]*wx_second_token/);
    expect(printed.trimEnd()).toMatch(/wx_second_token\nwx_first_token\n[\s\S]*guide/);
  });

  test.concurrent("in the guide to workloads without keys", async () => {
    const printed = await run(blocksOf("docs/guides/workloads-without-keys.md"));
    expect(printed).toMatch(/wx_token\narn:aws:sts::123456789012:assumed-role\/weather-api\/\S+\n/);
    expect(printed.match(/^wx_token$/gm)).toHaveLength(3);
  });

  test.concurrent("in the guide to people", async () => {
    const printed = await run(blocksOf("docs/guides/people.md"));
    expect(printed).toMatch(/identity +arn:aws:sts::\d+:assumed-role\/administrator\/alice\n/);
    expect(printed).toMatch(/\nalice\nthe root is back\n/);
    expect(printed.match(/^identity +arn:aws:iam::\d+:user\/bob$/gm)).toHaveLength(2);
    expect(printed).toMatch(/Parameter Store, where it is, suits it[\s\S]*\nplain-text-secret /);
  });

  test.concurrent("in the guide to the root key", async () => {
    const printed = await run([...blocksOf("docs/guides/the-root-key.md"), "rm passphrase.txt\n"]);
    expect(printed).toContain("CLAVIGER_PASSPHRASE_FILE");
    expect(printed).toMatch(/\nkept\n$/);
  });

  test.concurrent("in the guide to the change feed", async () => {
    const printed = await run(blocksOf("docs/guides/change-feed.md"));
    expect(printed).toMatch(
      /^event: change\ndata: .*"name":"\/weatherproject\/apiToken".*"created"/m,
    );
    expect(printed).not.toMatch(/"name":"\/bank|wx_1|wx_2/);
    expect(printed).toContain('"Name": "prod/weather/token"');
  });

  test.concurrent("in the guide to denials", async () => {
    const printed = await run(blocksOf("docs/guides/why-was-this-denied.md"));
    expect(printed).toMatch(
      /Denied: ssm:GetParameter[\s\S]*Add this statement to a policy of role shop/,
    );
    expect(printed).toContain("shop reaches 2 of 3 secrets and parameters");
    expect(printed).toMatch(/all allowed as before\.\n[\s\S]*\n\/shop\/prod\/old\ntaken back\n$/);
  });
});

function blocksOf(path: string, language = "sh"): string[] {
  const text = readFileSync(root + path, "utf8");
  const blocks = text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return Array.from(blocks).flatMap(([, of, block = ""]) => (of === language ? block : []));
}

/** What node is to be given for the TypeScript blocks of a guide, which are one program. */
function programOf(path: string): string {
  const folder = temporaryFolder("guide-program");
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  writeFileSync(`${folder}/program.mts`, blocksOf(path, "ts").join("\n"));
  const extended = { extends: `${root}tsconfig.json`, include: ["program.mts"] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(extended));
  execFileSync("tsc", ["--project", folder], { stdio: "inherit" });
  return `--conditions=@claviger/source ${folder}/program.mts`;
}

/** What the blocks print in one shell, in a folder and against a vault of their own. */
async function run(blocks: readonly string[]): Promise<string> {
  const folder = temporaryFolder("guide");
  symlinkSync(`${root}node_modules`, `${folder}/node_modules`);
  const vault = await startVaultProcess({ root, dataDirectory: `${folder}/data` });
  try {
    const { stdout } = await promisify(execFile)(
      "bash",
      ["-euo", "pipefail", "-c", blocks.join("")],
      {
        cwd: folder,
        env: {
          ...process.env,
          CLAVIGER_DATA: vault.dataDirectory,
          XDG_CONFIG_HOME: `${folder}/config`,
          AWS_CONFIG_FILE: `${folder}/aws-config`,
          AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        },
      },
    );
    return stdout;
  } finally {
    await vault.stop();
  }
}

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
