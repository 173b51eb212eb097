/**
 * The shell blocks of the guides, each guide's in order and on a vault of its own. Run by
 * `npm run prove -- guides`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { startPostgres } from "../../../tools/harness/postgres.ts";
import { startVaultProcess } from "../../../tools/harness/vault-process.ts";
import { rotatorsByType } from "../../rotators/src/rotators.ts";
import { differences } from "./env-corpus/corpus.ts";
import {
  blocksOf,
  guideFolder,
  isInstalled,
  programOf,
  root,
  run,
  runIn,
} from "./guide.fixture.ts";

/** A guide starts dozens of processes, so that `npm test` has the README alone. */
const areWanted = process.env.CLAVIGER_TESTS_OF_GUIDES === "1";
const withAws = areWanted && isInstalled("aws") ? test : test.skip;

// Another one runs beside it.
vi.setConfig({ testTimeout: 240_000 });

test("the guide to env files names each difference from dotenv", () => {
  const guide = readFileSync(`${root}docs/guides/env-files.md`, "utf8");
  for (const { name } of Object.values(differences)) expect(guide).toContain(`**${name}**`);
});

test("the guide to rotation names every type of key", () => {
  const guide = readFileSync(`${root}docs/guides/rotation.md`, "utf8");
  for (const type of rotatorsByType().keys()) expect(guide).toContain(`\`${type}\``);
});

describe.runIf(areWanted)("as it is written", () => {
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

  test.concurrent("the guide to backup and restore does what it says", async () => {
    const folder = guideFolder();
    const postgres = await startPostgres({ isFast: true });
    const vault = await startVaultProcess({ root, dataDirectory: `${folder}/data` });
    try {
      const printed = await runIn(folder, blocksOf("docs/guides/backup-and-restore.md"), {
        CLAVIGER_DATA: vault.dataDirectory,
        NEW_DATABASE: await postgres.newDatabase(),
      });
      expect(printed).toMatch(/^worth keeping$/m);
      expect(printed.match(/^parameters +1 +0$/gm)).toHaveLength(4);
      expect(printed.match(/^audit chains +\d +0$/gm)).toHaveLength(4);
    } finally {
      await vault.stop();
      await postgres.stop();
    }
  });

  test.concurrent("the guide to many nodes does what it says", async () => {
    const postgres = await startPostgres({ isFast: true });
    try {
      const printed = await runIn(guideFolder(), blocksOf("docs/guides/many-nodes.md"), {
        CLAVIGER_DATABASE: await postgres.newDatabase(),
      });
      expect(printed).toBe("told to the first\ntold to the second\ntold to the second\n");
    } finally {
      await postgres.stop();
    }
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

  withAws.concurrent("the guide to one role and one token does what it says", async () => {
    const printed = await run(blocksOf("docs/guides/one-role-one-token.md"));
    expect(printed).toMatch(/wx_first_token[\s\S]*denied, as it should be[\s\S]*wx_second_token/);
    expect(printed.trimEnd()).toMatch(/wx_second_token\nwx_first_token\n[\s\S]*guide/);
  });

  withAws.concurrent("the guide to workloads without keys does what it says", async () => {
    const printed = await run(blocksOf("docs/guides/workloads-without-keys.md"));
    expect(printed).toMatch(/wx_token\narn:aws:sts::123456789012:assumed-role\/weather-api\/\S+\n/);
    expect(printed.match(/^wx_token$/gm)).toHaveLength(3);
  });

  withAws.concurrent("the guide to people does what it says", async () => {
    const printed = await run(blocksOf("docs/guides/people.md"));
    expect(printed).toMatch(/identity +arn:aws:sts::\d+:assumed-role\/administrator\/alice\n/);
    expect(printed).toMatch(/\nalice\nthe root is back\n/);
    expect(printed.match(/^identity +arn:aws:iam::\d+:user\/bob$/gm)).toHaveLength(2);
    expect(printed).toMatch(/Parameter Store, where it is, suits it[\s\S]*\nplain-text-secret /);
  });

  withAws.concurrent("the guide to the root key does what it says", async () => {
    const printed = await run([...blocksOf("docs/guides/the-root-key.md"), "rm passphrase.txt\n"]);
    expect(printed).toContain("CLAVIGER_PASSPHRASE_FILE");
    expect(printed).toMatch(/\nkept\n$/);
  });

  withAws.concurrent("the guide to the change feed does what it says", async () => {
    const printed = await run(blocksOf("docs/guides/change-feed.md"));
    expect(printed).toMatch(
      /^event: change\ndata: .*"name":"\/weatherproject\/apiToken".*"created"/m,
    );
    expect(printed).not.toMatch(/"name":"\/bank|wx_1|wx_2/);
    expect(printed).toContain('"Name": "prod/weather/token"');
  });

  withAws.concurrent("the guides to rotation and to incidents do what they say", async () => {
    const rotation = blocksOf("docs/guides/rotation.md");
    const printed = await runIn(guideFolder(), rotation, {});
    expect(printed).toMatch(/^not yet\nREADER +SESSION +ADDRESS +TOOK THE NEW KEY +AFTER\n/);
    expect(printed).toMatch(/^123456789012 root .* UTC +\ds$/m);
    expect(printed).toMatch(/^prod\/mail +rate\(30 days\) +now +in \d+d \d+h +rotated +- +-$/m);
    expect(printed).toMatch(/^\S{36} +AWSPREVIOUS +[\s\S]*^\S{36} +AWSCURRENT/m);

    const setUp = rotation.slice(
      0,
      rotation.findIndex((block) => block.includes("--rehearse")),
    );
    const incident = [...setUp, ...blocksOf("docs/guides/incident.md"), ...rotation.slice(-1)];
    const told = await runIn(guideFolder(), incident, {});
    expect(told).toMatch(/^Who read it, by the audit trail:\nREADER .*\n123456789012 root /);
    expect(told).toMatch(
      /\n\{"error":"no such key"\}\nerror: .* was revoked\nhint: .*\nerror: the key/,
    );
    const date = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;
    expect(told).toMatch(new RegExp(String.raw`\n\S{36} +AWSCURRENT +${date} +-\n`));
    expect(told).toMatch(new RegExp(String.raw`\n\S{36} +AWSPREVIOUS +${date} +${date}\n`));
  });

  withAws.concurrent("the guide to denials does what it says", async () => {
    const printed = await run(blocksOf("docs/guides/why-was-this-denied.md"));
    expect(printed).toMatch(
      /Denied: ssm:GetParameter[\s\S]*Add this statement to a policy of role shop/,
    );
    expect(printed).toContain("shop reaches 2 of 3 secrets and parameters");
    expect(printed).toMatch(/all allowed as before\.\n[\s\S]*\n\/shop\/prod\/old\ntaken back\n$/);
  });
});
