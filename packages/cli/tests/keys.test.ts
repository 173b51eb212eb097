/** `claviger login`, `claviger keys`: one's own access key, and a rotation that may be killed. */
import { once } from "node:events";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { Person } from "./person.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let vault: VaultProcess;
let iam: IAM;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("keys")}/data` });
  iam = new IAM(clientConfiguration(vault.environment));
});
afterAll(() => vault.stop());

/** A user who may see to their own keys, and a first one as two words. */
async function newUser(UserName: string): Promise<string> {
  await iam.createUser({ UserName });
  const Statement = {
    Effect: "Allow",
    Action: ["iam:*AccessKey*", "sts:AssumeRole"],
    Resource: ["arn:aws:iam::*:user/$" + "{aws:username}", "arn:aws:iam::*:role/*"],
  };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.putUserPolicy({ UserName, PolicyName: "own-keys", PolicyDocument });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return `${AccessKey?.AccessKeyId} ${AccessKey?.SecretAccessKey}\n`;
}

async function keyIds(UserName: string): Promise<string[]> {
  const { AccessKeyMetadata = [] } = await iam.listAccessKeys({ UserName });
  return AccessKeyMetadata.map(({ AccessKeyId = "" }) => AccessKeyId);
}

const login = (person: Person, input: string, words = "") =>
  person.run(`login --endpoint-url ${vault.url}${words}`, input);
const who = (person: Person, profile = "claviger") =>
  JSON.parse(person.run("whoami --format json", "", { AWS_PROFILE: profile }).stdout || "{}");

describe("login", () => {
  test("keeps the key out of AWS's files, and works as the user itself", async () => {
    const bob = new Person();
    const seen = login(bob, await newUser("bob"));
    expect(seen).toEqual({
      stdout: "",
      stderr:
        `Logging in to ${vault.url}.\nThe profile claviger is arn:aws:iam::123456789012:user/bob.\n` +
        "Use it: export AWS_PROFILE=claviger\n",
      status: 0,
    });
    expect(who(bob).arn).toBe("arn:aws:iam::123456789012:user/bob");
    expect(bob.config()).not.toContain(bob.kept("claviger").key.accessKeyId);
  });

  test("takes what aws iam create-access-key prints, and a role to work as", async () => {
    const carol = new Person();
    const [AccessKeyId, SecretAccessKey] = (await newUser("carol")).trim().split(" ");
    const Principal = { AWS: "123456789012" };
    const Statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.createRole({ RoleName: "weather-api", AssumeRolePolicyDocument });
    const printed = JSON.stringify({
      AccessKey: { UserName: "carol", AccessKeyId, SecretAccessKey },
    });
    expect(login(carol, printed, " --role weather-api --profile weather").status).toBe(0);
    expect(who(carol, "weather").arn).toMatch(/:assumed-role\/weather-api\/carol$/);
  });

  test("writes nothing for a key that doesn't work, and for the root's", async () => {
    const eve = new Person();
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = vault.environment;
    const refusals = [
      [`${AWS_ACCESS_KEY_ID} ${AWS_SECRET_ACCESS_KEY}`, "that is the account root's key"],
      [`${AWS_ACCESS_KEY_ID} ${"a".repeat(40)}`, "does not take this access key"],
      [`ASIA${"A".repeat(16)} ${"a".repeat(40)}`, "that is a temporary key"],
      ["hunter2", "standard input has no access key"],
    ];
    for (const [input = "", said] of refusals) {
      const { status, stderr } = login(eve, input);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain(input);
      expect(status).toBe(1);
    }
    expect(eve.config()).toBe("");
    expect(eve.kept("claviger")).toBeUndefined();
  });

  test("never takes the place of another user's profile unasked", async () => {
    const both = new Person();
    login(both, await newUser("frank"));
    const { key } = both.kept("claviger");
    const grace = await newUser("grace");
    expect(login(both, grace).stderr).toContain("whose key is kept nowhere else");
    expect(both.kept("claviger").key).toEqual(key);
    expect(login(both, grace, " --force").status).toBe(0);
    expect(who(both).arn).toMatch(/user\/grace$/);
  });

  test("changes a profile that somebody else made only by --force, and that one alone", async () => {
    const dan = new Person();
    const theirs =
      "[profile claviger]\nrole_arn = x\nsource_profile = y\noutput = json\n\n[default]\n";
    dan.writes(dan.configFile, theirs);
    const key = await newUser("dan");
    expect(login(dan, key).stderr).toContain("that claviger did not make");
    expect(dan.config()).toBe(theirs);
    expect(login(dan, key, " --force").status).toBe(0);
    expect(dan.config()).toMatch(
      /^\[profile claviger\]\ncredential_process = .*\nregion = .*\nendpoint_url = .*\noutput = json\n\n\[default\]\n$/,
    );
    expect(who(dan).arn).toMatch(/user\/dan$/);
  });

  test("a key that is gone is named as the cause, by the profile", async () => {
    const gone = new Person();
    login(gone, await newUser("gone"));
    const { accessKeyId: AccessKeyId } = gone.kept("claviger").key;
    await iam.deleteAccessKey({ UserName: "gone", AccessKeyId });
    expect(gone.run("whoami", "", { AWS_PROFILE: "claviger" }).stderr).toBe(
      "error: the profile claviger gave no credentials\n" +
        "hint: see why: claviger credentials --profile claviger\n",
    );
    expect(gone.run("credentials --profile claviger").stderr).toBe(
      `error: ${vault.url} does not take the access key of profile claviger (arn:aws:iam::123456789012:user/gone)\n` +
        "hint: log in with one that it takes: claviger login --profile claviger\n",
    );
  });
});

describe("keys rotate", () => {
  test("replaces the key", async () => {
    const hal = new Person();
    login(hal, await newUser("hal"));
    const [before] = await keyIds("hal");
    const outcome = JSON.parse(hal.run("keys rotate --format json").stdout);
    expect(outcome).toEqual({
      profile: "claviger",
      accessKeyId: expect.stringMatching(/^AKIA/),
      formerKeyId: before,
    });
    expect(await keyIds("hal")).toEqual([outcome.accessKeyId]);
    expect(who(hal).arn).toMatch(/user\/hal$/);
  });

  test("says what to do where there are two keys", async () => {
    const ida = new Person();
    login(ida, await newUser("ida"));
    const { AccessKey } = await iam.createAccessKey({ UserName: "ida" });
    const { stderr, status } = ida.run("keys rotate");
    expect(status).toBe(1);
    expect(stderr).toBe(
      "error: the user ida has two access keys already, the most that AWS allows\n" +
        `hint: see when ${AccessKey?.AccessKeyId} was last used (claviger keys list); if nobody needs it: aws iam delete-access-key --user-name ida --access-key-id ${AccessKey?.AccessKeyId}\n`,
    );
    expect(ida.run("keys list").stdout).toMatch(/now {2}never\n|never {6}\n|this profile\n/);
  });

  // Killed when the request has been carried out and its reply has not arrived.
  test.each(["CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"])(
    "killed at %s, the profile works and the rotation goes on",
    async (operation) => {
      const name = `killed-at-${operation}`;
      const person = new Person();
      login(person, await newUser(name));
      const [before] = await keyIds(name);
      const way = await wayWithoutReply(operation);
      const rotation = person.starts("keys rotate", { AWS_ENDPOINT_URL: way.url });
      await way.carriedOut;
      rotation.kill("SIGKILL");
      await once(rotation, "exit");
      way.stop();
      expect(who(person).arn).toBe(`arn:aws:iam::123456789012:user/${name}`);
      const again = person.run("keys rotate");
      if (operation === "CreateAccessKey") {
        // Nobody knows this key's secret: it can only be thrown away, and is named.
        const [, AccessKeyId = ""] = /--access-key-id (\S+)/.exec(again.stderr) ?? [];
        await iam.deleteAccessKey({ UserName: name, AccessKeyId });
        expect(person.run("keys rotate").status).toBe(0);
      } else {
        expect(again.status).toBe(0);
      }
      const after = await keyIds(name);
      expect(after).toHaveLength(1);
      expect(after).not.toContain(before);
      expect(person.kept("claviger")).toMatchObject({ key: { accessKeyId: after[0] } });
      expect(who(person).arn).toBe(`arn:aws:iam::123456789012:user/${name}`);
    },
  );
});

/** A way to the vault on which the replies of one operation get lost. */
async function wayWithoutReply(operation: string) {
  const lost = Promise.withResolvers<void>();
  const server = createServer((asked, reply) => {
    const chunks: Buffer[] = [];
    asked.on("data", (chunk: Buffer) => chunks.push(chunk));
    asked.on("end", () => {
      const body = Buffer.concat(chunks);
      const { method = "", url = "", headers } = asked;
      const passedOn = request(new URL(url, vault.url), { method, headers }, (answered) => {
        if (body.includes(`Action=${operation}&`)) {
          answered.resume().on("end", lost.resolve);
          return;
        }
        reply.writeHead(answered.statusCode ?? 500, answered.headers);
        answered.pipe(reply);
      });
      passedOn.end(body);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    carriedOut: lost.promise,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
