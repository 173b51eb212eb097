/**
 * `claviger rotate`, `rotations`, `revoke` and `rollback` on a vault whose provider is a stand-in
 * for SendGrid, through `claviger server` and the rotators' own process.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type SendGridStandIn, startSendGrid } from "../../rotators/tests/stand-ins/send-grid.ts";
import { rotatorRole } from "./rotator-role.fixture.ts";
import { type Type, typeAs } from "./typed-here.fixture.ts";
import { userWho } from "./user-who.fixture.ts";

const folder = temporaryFolder("rotation");
let provider: SendGridStandIn;
let vault: VaultProcess;
let adminArn: string;
let role: string;

const secretsManager = () => new SecretsManager(clientConfiguration(vault.environment));

/** No key stands in what is printed, wherever. */
const claviger: Type = async (words, input) => {
  const seen = await typeAs(() => vault.environment)(words, input);
  if (!words.startsWith("get ")) expect(seen.stdout + seen.stderr).not.toContain("SG.");
  return seen;
};

beforeAll(async () => {
  provider = await startSendGrid({ requestsPerSecondMax: Number.POSITIVE_INFINITY });
  const { url: baseUrl } = provider;
  const byHand = {
    title: "A key that a person makes",
    documentation: "https://docs.example",
    baseUrl,
    strategy: "manual",
    instructions: "Make a key named {name}.",
    authentication: { headers: { authorization: "Bearer {credential}" } },
    test: { method: "GET", path: "/v3/scopes" },
  };
  const types = { OwnSendGridKey: { like: "SendGridApiKey", baseUrl }, KeyByHand: byHand };
  const file = `${folder}/rotators.json`;
  writeFileSync(file, JSON.stringify({ types }));
  vault = await startVaultProcess({
    root: fileURLToPath(new URL("../../..", import.meta.url)),
    dataDirectory: `${folder}/data`,
    flags: ["--rotators", file],
  });
  role = await rotatorRole(vault.environment);
  const { ARN = "" } = await secretsManager().createSecret({
    Name: "admin",
    SecretString: keyOf("admin", "api_keys", "mail.send"),
  });
  adminArn = ARN;
});
afterAll(async () => {
  await vault.stop();
  await provider.close();
});

function keyOf(name: string, ...scopes: string[]): string {
  return provider.register.make(name, { scopes })?.value ?? "";
}

/** A secret with a key of the provider, and rotation that is set and tested. */
async function rotated(name: string, grace = "0s"): Promise<string> {
  const reference = `secretsmanager:${name}`;
  await secretsManager().createSecret({ Name: name, SecretString: keyOf(name, "mail.send") });
  const seen = await claviger(
    `rotate ${reference} --type OwnSendGridKey --role ${role} --metadata adminSecretArn=${adminArn} --grace ${grace} --every 30d --no-now`,
  );
  expect(seen).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/: its rotation is set and tested: rate\(30 days\), next on 20/),
  });
  return reference;
}

const current = async (reference: string) => (await claviger(`get ${reference}`)).stdout;
const isLive = (key: string) => provider.register.byValue(key) !== undefined;

test("a key is replaced by a new one, and while the old one lives no other rotation begins", async () => {
  const reference = await rotated("a/mail");
  const { SecretString: old = "" } = await secretsManager().getSecretValue({ SecretId: "a/mail" });
  const seen = await claviger(`rotate ${reference}`);
  expect(seen).toMatchObject({ status: 0, stdout: "" });
  expect(seen.stderr).toMatch(/^secretsmanager:a\/mail: version \S{36} is AWSCURRENT; the old key/);
  const key = await current(reference);
  expect(key).not.toBe(old);
  expect([isLive(old), isLive(key)]).toEqual([true, true]);

  // Whoever read the old one has read the new one now.
  const again = await claviger(`rotate ${reference}`);
  expect(again).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error: \S+ still has two keys, of its last rotation\nhint: /),
  });
  provider.inject({ route: "DELETE /v3/api_keys/:id", when: "before", how: 403 });
  expect(await claviger(`rotate ${reference} --force`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/ was rotated, but the old key is still good: [\s\S]*\nhint: /),
  });
  expect([isLive(old), isLive(key)]).toEqual([true, true]);
});

test("an overlap is ended by force, although there are readers of the old key", async () => {
  const reference = await rotated("e/mail");
  const old = await current(reference);
  await claviger(`rotate ${reference}`);
  const { stdout } = await claviger(`rotations ${reference}`);
  expect(stdout).toMatch(/^e\/mail +rate\(30 days\) +now +in .* waits for laggards +0s +1$/m);
  expect(stdout).toMatch(
    /^ {2}● overlap {3}the old key's time is over, but 1 reader has it still;/m,
  );
  expect(stdout).toMatch(/^ +123456789012 root +- +127\.0\.0\.1 +read it just now/m);
  const forced = await claviger(`rotate ${reference} --force --format json`);
  expect(JSON.parse(forced.stdout)).toMatchObject({ reference, phase: "succeeded" });
  // Nobody is told to do what they have just done.
  expect(forced.stderr).not.toContain("--force");
  expect([isLive(old), isLive(await current(reference))]).toEqual([false, true]);
});

test("a rotation that nothing is said of, or whose function isn't known, is not begun", async () => {
  await secretsManager().createSecret({ Name: "n/mail", SecretString: "value" });
  expect((await claviger("rotate secretsmanager:n/mail")).stderr).toMatch(
    /^error: nothing says what rotates secretsmanager:n\/mail, or as which role\nhint: name a built-in rotator/,
  );
  const unknown = "arn:aws:lambda:us-east-1:123456789012:function:nobody";
  expect((await claviger(`rotate secretsmanager:n/mail --function ${unknown}`)).stderr).toMatch(
    /^error: the function of secretsmanager:n\/mail can't be invoked\nhint: on a vault the file/,
  );
});

test.each(["--schedule daily", "--every 36h"])("a schedule that is none: %s", async (flag) => {
  const Name = `s/mail-${flag.length}`;
  await secretsManager().createSecret({ Name, SecretString: "value" });
  const nobody = "arn:aws:lambda:us-east-1:123456789012:function:nobody";
  const { stderr } = await claviger(`rotate secretsmanager:${Name} --function ${nobody} ${flag}`);
  expect(stderr).toMatch(
    /^error: (?:Invalid schedule expression|Rate in hour .*)\.\nhint: give --every 30d, or --schedule/,
  );
});

test("the table has every rotation; programs get it whole", async () => {
  await rotated("t/mail");
  const { stdout } = await claviger("rotations");
  expect(stdout).toMatch(/^SECRET +SCHEDULE +LAST +NEXT +STATE +OVERLAP +LAGGARDS\n/);
  expect(stdout).toMatch(/^t\/mail +rate\(30 days\) +never +in \d+d \d+h +tested +- +-$/m);
  const { stdout: json } = await claviger("rotations --format json");
  const [found] = JSON.parse(json).filter((each: { name: string }) => each.name === "t/mail");
  expect(found).toMatchObject({ rotator: "OwnSendGridKey", isTestOnly: true, phase: "succeeded" });
  expect(Date.parse(found.nextRotationDate)).toBeGreaterThan(Date.now());
});

test("a step that fails is told with its reason, and the new key is gone", async () => {
  const reference = await rotated("f/mail");
  const before = await current(reference);
  const names = () => provider.register.live.map(({ name }) => name).sort();
  const keys = names();
  provider.inject({ route: "GET /v3/scopes", when: "before", how: 401 });
  const { status, stderr } = await claviger(`rotate ${reference}`);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: secretsmanager:f\/mail was not rotated: testSecret failed: /);
  expect(stderr).toMatch(/\nhint: readers have the key that they had; it is tried again in /);
  expect(await current(reference)).toBe(before);
  expect(names()).toEqual(keys);

  provider.inject({ route: "GET /v3/scopes", when: "before", how: 401 });
  expect((await claviger(`rotate ${reference} --watch`)).status).toBe(1);
  provider.inject({ route: "GET /v3/scopes", when: "before", how: 401 });
  expect(await claviger(`rotate ${reference} --no-now`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/is set, but its key did not pass the test: [\s\S]* --no-now\n$/),
  });
});

test("an emergency: refused at once, dead at the provider, and whoever had it is named", async () => {
  const reference = await rotated("r/mail");
  const key = await current(reference);
  expect(await claviger(`revoke ${reference}`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/for good\.\n[\s\S]*error: there is no terminal to confirm at/),
  });
  expect(isLive(key)).toBe(true);
  const { status, stdout, stderr } = await claviger(`revoke ${reference} --yes --reason leaked`);
  expect(status).toBe(0);
  expect(stderr).toMatch(/is refused to everybody, on every node\nThe key is revoked at its prov/);
  expect(stdout).toMatch(/^READER +SESSION[\s\S]*\n123456789012 root +- +127\.0\.0\.1 +just now/m);
  expect(isLive(key)).toBe(false);
  expect(await claviger(`get ${reference}`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error: that version of \S+ was revoked\nhint: see the others/),
  });
  expect(stderr).toMatch(
    /\nNext, a new key: claviger rotate \S+, or from the provider: claviger put/,
  );
  await claviger(`put ${reference}`, keyOf("made in the emergency", "mail.send"));
  expect(isLive(await current(reference))).toBe(true);
  // The one before is dead: that is asked, and not assumed.
  expect(await claviger(`rollback ${reference}`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error: the key of version \S+ of \S+ does not work: [\s\S]*hint/,
    ),
  });
});

test("an emergency's report comes whether or not the provider goes along, for programs too", async () => {
  const reference = await rotated("refused/mail");
  const key = await current(reference);
  provider.inject({ route: "DELETE /v3/api_keys/:id", when: "before", how: 403 });
  const { status, stdout, stderr } = await claviger(`revoke ${reference} --yes --format json`);
  expect(status).toBe(1);
  expect(stderr).toMatch(/\nerror: the key of \S+ is still good at its provider: /);
  expect(JSON.parse(stdout)).toMatchObject({
    reference,
    provider: "not yet",
    readers: [{ principalArn: "arn:aws:iam::123456789012:root", sourceAddress: "127.0.0.1" }],
  });
  expect(isLive(key)).toBe(true);
});

test("history says of each version whether it was revoked, to whoever may know", async () => {
  const reference = "secretsmanager:told/mail";
  await claviger(`put ${reference}`, "one");
  expect((await claviger(`history ${reference}`)).stdout).toMatch(/^VERSION +STAGES +CREATED\n/);
  await claviger(`put ${reference}`, "two");
  await claviger(`revoke ${reference} --version AWSPREVIOUS --yes`);
  const day = "2\\d{3}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d";
  expect((await claviger(`history ${reference}`)).stdout).toMatch(
    new RegExp(
      `^VERSION +STAGES +CREATED +REVOKED\n\\S+ +AWSCURRENT +${day} +-\n\\S+ +AWSPREVIOUS +${day} +${day}\n$`,
    ),
  );
  const { stdout } = await claviger(`history ${reference} --format json`);
  const [current, before] = JSON.parse(stdout);
  expect(current.revoked).toBe(null);
  expect(Date.now() - Date.parse(before.revoked)).toBeLessThan(600_000);

  const onlooker = await userWho(vault.environment, "onlooker", [
    "secretsmanager:ListSecretVersionIds",
  ]);
  expect(await onlooker(`history ${reference}`)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^VERSION +STAGES +CREATED\n/),
    stderr: expect.stringMatching(/^note: which versions were revoked .*DescribeRotation\n$/),
  });
});

test("the version before is current again, in one call, while its key lives", async () => {
  const reference = await rotated("b/mail", "1h");
  const old = await current(reference);
  await claviger(`rotate ${reference}`);
  expect(await current(reference)).not.toBe(old);
  const { status, stderr } = await claviger(`rollback ${reference}`);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(/^secretsmanager:b\/mail: version \S{36} again\n$/),
  });
  expect(await current(reference)).toBe(old);
});

test("what was gone back to dies in an emergency, and the newer key by force", async () => {
  const reference = await rotated("back/mail", "1h");
  const old = await current(reference);
  await claviger(`rotate ${reference}`);
  const newer = await current(reference);
  await claviger(`rollback ${reference}`);
  expect((await claviger(`revoke ${reference} --yes`)).stderr).toMatch(
    /is revoked at its provider/,
  );
  expect([isLive(old), isLive(newer)]).toEqual([false, true]);
  const back = await claviger(`rotations ${reference}`);
  expect(back.stdout).toMatch(
    /^ {2}✔ back {6}the version before is AWSCURRENT again\n {2}● overlap {3}the newer key lives/m,
  );
  const ended = await claviger(`rotate ${reference} --force`);
  expect(ended).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/is AWSCURRENT, and the newer key is dead\n$/),
  });
  expect(isLive(newer)).toBe(false);
  expect(await claviger(`rotate ${reference} --force`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error: \S+ has no old key that could die\nhint: --force ends/),
  });
});

test("a refused rotation leaves the type as it was", async () => {
  const reference = await rotated("typo/mail");
  expect(await claviger(`rotate ${reference} --type NoSuchKey`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error: There is no rotator of the type NoSuchKey\.\nhint: docs/,
    ),
  });
  const { Type } = await secretsManager().describeSecret({ SecretId: "typo/mail" });
  expect(Type).toBe("OwnSendGridKey");
});

test("production rotates only after a rehearsal, which says how long each reader took", async () => {
  const production = await rotated("production/mail");
  const staging = await rotated("staging/mail", "2s");
  await claviger(`tag ${production} claviger:rehearse-on=staging/mail`);
  expect(await claviger(`rotate ${production}`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /only after a rehearsal[\s\S]*hint: claviger rotate \S+ --rehearse; or do without: claviger tag \S+ claviger:rehearse-on=none$/m,
    ),
  });
  let isOver = false;
  const reading = (async () => {
    const service = secretsManager();
    while (!isOver) {
      await service.getSecretValue({ SecretId: "staging/mail" });
      await sleep(200);
    }
  })();
  await current(staging);
  const rehearsed = await claviger(`rotate ${production} --rehearse`);
  isOver = true;
  await reading;
  expect(rehearsed.stdout).toMatch(/^READER +SESSION +ADDRESS +TOOK THE NEW KEY +AFTER\n/);
  expect(rehearsed.stdout).toMatch(/^123456789012 root +- +127\.0\.0\.1 +\S+ \S+ UTC +\ds$/m);
  expect(rehearsed.stderr).toContain("The rehearsal passed. Now production may rotate");
  expect(await claviger(`rotate ${production}`)).toMatchObject({ status: 0 });
});

test("a secret of production rotates once it has a staging secret, and that a rehearsal", async () => {
  const production = await rotated("live/mail");
  const staging = await rotated("rehearsed/mail");
  await claviger(`tag ${production} Environment=Production`);
  expect(await claviger(`rotate ${production}`)).toMatchObject({
    status: 1,
    stderr:
      `error: ${production} is of production by its tags, and rotates only after a rehearsal on a staging secret\n` +
      `hint: claviger rotate ${production} --rehearse --on secretsmanager:STAGING; or do without: claviger tag ${production} claviger:rehearse-on=none\n`,
  });
  const service = secretsManager();
  const SecretId = "live/mail";
  const deny = { Effect: "Deny", Principal: "*", Action: "secretsmanager:TagResource" };
  const Statement = { ...deny, Resource: "*" };
  const ResourcePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
  await service.putResourcePolicy({ SecretId, ResourcePolicy });
  const untagged = await claviger(`rotate ${production} --rehearse --on ${staging}`);
  expect(untagged).toMatchObject({ status: 0 });
  expect(untagged.stderr).toMatch(
    /^The rehearsal passed\. For it to count .* you may not tag .*\n {2}claviger tag \S+ claviger:rehearse-on=rehearsed\/mail\n$/m,
  );
  expect(untagged.stderr).not.toContain("may rotate");
  expect((await claviger(`rotate ${production}`)).status).toBe(1);

  await service.deleteResourcePolicy({ SecretId });
  const rehearsed = await claviger(`rotate ${production} --rehearse --on ${staging}`);
  expect(rehearsed.stderr).toMatch(
    /^The rehearsal passed\. \S+live\/mail is tagged claviger:rehearse-on=rehearsed\/mail: .*\nNow production may rotate: claviger rotate \S+live\/mail\n$/,
  );
  expect(await claviger(`rotate ${production}`)).toMatchObject({ status: 0 });
});

test("what is to rotate without a rehearsal stays so, and another rotator's is none", async () => {
  const production = await rotated("bare/mail");
  const staging = await rotated("spare/mail");
  await claviger(`tag ${production} env=prod claviger:rehearse-on=none`);
  expect(await claviger(`rotate ${production} --rehearse`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error: \S+ is rotated without a rehearsal: its tag claviger:rehearse-on is none\nhint: name it with --on/,
    ),
  });
  const { stderr } = await claviger(`rotate ${production} --rehearse --on ${staging}`);
  expect(stderr).toMatch(/^The rehearsal passed\. Now production may rotate: .*=none: also/);
  expect(await claviger(`rotate ${production}`)).toMatchObject({ status: 0 });

  expect(await claviger(`rotate ${production} --rehearse --on ${production}`)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/can't be its own rehearsal/),
  });
  const byHand = "secretsmanager:hand/mail";
  await claviger(`put ${byHand}`, keyOf("hand", "mail.send"));
  await claviger(`rotate ${byHand} --type KeyByHand --role ${role} --no-now`);
  expect(await claviger(`rotate ${production} --rehearse --on ${byHand}`)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /is rotated by OwnSendGridKey, and \S+ by KeyByHand: that would be no rehearsal/,
    ),
  });
});

test("a key that a person makes is asked for, tested, and asked for again if it is refused", async () => {
  const reference = "secretsmanager:h/mail";
  await secretsManager().createSecret({ Name: "h/mail", SecretString: keyOf("h", "mail.send") });
  await claviger(`rotate ${reference} --type KeyByHand --role ${role} --no-now`);
  const asked = await claviger(`rotate ${reference}`);
  expect(asked.stderr).toMatch(
    /^\nBy hand:\n {2}Make a key named claviger-\S{36}\.\n\nerror: the value is empty\n/,
  );
  await claviger(`tag ${reference} owner=ana`);
  const due = await claviger(`rotations ${reference}`);
  expect(due.stdout).toMatch(/^h\/mail .* by hand: due in (6d 23h|7d 0h) +- +-$/m);
  expect(due.stdout).toMatch(/^ {14}due in (?:6d 23h|7d 0h) \(2\S{9}\), of ana$/m);
  expect(due.stderr).toBe(
    `note: to be told how the new key is made, and to store it: claviger rotate ${reference}\n`,
  );
  const { stdout: json } = await claviger(`rotations ${reference} --format json`);
  expect(Math.round((Date.parse(JSON.parse(json).dueDate) - Date.now()) / 86_400_000)).toBe(7);
  const refused = await claviger(`rotate ${reference}`, "no-key");
  expect(refused.stderr).toMatch(/was not rotated: testSecret failed: The provider doesn't accept/);
  const key = keyOf("made by hand", "mail.send");
  writeFileSync(`${folder}/new-key`, `${key}\n`);
  const { stderr } = await claviger(`rotate ${reference} @${folder}/new-key`);
  expect(stderr).toMatch(/^note: the value that failed is dropped; this begins anew\n\nBy hand:\n/);
  expect(stderr).toMatch(/is AWSCURRENT; the old key lives on for .* until every reader has/);
  expect(await current(reference)).toBe(key);
  expect((await claviger(`rotate ${reference} --force`)).stderr).toMatch(
    /\nBy hand.*: At the provider revoke the key of version \S{36}: https:\/\/docs\.example\n$/,
  );
  const after = await claviger(`rotations ${reference}`);
  expect(after.stdout).toMatch(
    /^ {2}● revoke {4}by hand, at the provider:\n {14}At the provider revoke the key of version /m,
  );
  const revoked = await claviger(`revoke ${reference} --yes`);
  expect(revoked.stderr).toMatch(/\nBy hand.*: At the provider revoke the key of version \S{36}: /);
  const { stdout: beside } = await claviger(`rotations ${reference}`);
  expect(beside).toMatch(
    /^ {2}● revoke {4}the key of version \S{36}: by hand, at the provider:\n {14}At the provider/m,
  );
  for (const said of [stderr, after.stdout, revoked.stderr, beside]) {
    expect(said).not.toMatch(/is dead|is revoked at its provider/);
  }
});
