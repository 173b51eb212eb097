/** `claviger login`, `claviger keys`: one's own access key, and a rotation that may be killed. */
import { once } from "node:events";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { startVault, type TestVault } from "@claviger/vault/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Person } from "./person.fixture.ts";
import { command } from "./typed-here.fixture.ts";

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(() => vault.close());

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

/** Who an AWS client is that takes what the profile's credential_process prints. */
async function who(person: Person, profile = "claviger"): Promise<string | undefined> {
  const { stdout } = await person.run(`credentials --profile ${profile}`);
  const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(stdout || "{}");
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  return (await new STS({ ...vault.client, credentials }).getCallerIdentity()).Arn;
}

/** The kept session would work without a key. */
function forgetSession(person: Person): void {
  rmSync(person.sessionFile("claviger"), { force: true });
}

describe("login", () => {
  test("keeps the key out of AWS's files, and works as the user itself", async () => {
    const bob = new Person();
    const seen = await login(bob, await newUser("bob"));
    expect(seen).toMatchObject({
      stdout: "",
      stderr:
        `Logging in to ${vault.url}.\nThe profile claviger is arn:aws:iam::123456789012:user/bob.\n` +
        "Use it: export AWS_PROFILE=claviger\n",
      status: 0,
    });
    expect(await who(bob)).toBe("arn:aws:iam::123456789012:user/bob");
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
    expect((await login(carol, printed, " --role weather-api --profile weather")).status).toBe(0);
    expect(await who(carol, "weather")).toMatch(/:assumed-role\/weather-api\/carol$/);
  });

  test("writes nothing for a key that doesn't work, and for the root's", async () => {
    const eve = new Person();
    const { accessKeyId, secretAccessKey } = vault.credentials;
    const refusals = [
      [`${accessKeyId} ${secretAccessKey}`, "that is the account root's key"],
      [`${accessKeyId} ${"a".repeat(40)}`, "does not take this access key"],
      [`ASIA${"A".repeat(16)} ${"a".repeat(40)}`, "that is a temporary key"],
      ["hunter2", "standard input has no access key"],
    ];
    for (const [input = "", said] of refusals) {
      const { status, stderr } = await login(eve, input);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain(input);
      expect(status).toBe(1);
    }
    expect(eve.config()).toBe("");
    expect(eve.kept("claviger")).toBeUndefined();
  });

  test("never takes the place of another user's profile unasked", async () => {
    const both = new Person();
    await login(both, await newUser("frank"));
    const { key } = both.kept("claviger");
    const grace = await newUser("grace");
    expect((await login(both, grace)).stderr).toContain("whose key is kept nowhere else");
    expect(both.kept("claviger").key).toEqual(key);
    expect((await login(both, grace, " --force")).status).toBe(0);
    expect(await who(both)).toMatch(/user\/grace$/);
  });

  test("changes a profile that somebody else made only by --force, and that one alone", async () => {
    const dan = new Person();
    const theirs =
      "[profile claviger]\nrole_arn = x\nsource_profile = y\noutput = json\n\n[default]\n";
    dan.writes(dan.configFile, theirs);
    const key = await newUser("dan");
    expect((await login(dan, key)).stderr).toContain("that claviger did not make");
    expect(dan.config()).toBe(theirs);
    expect((await login(dan, key, " --force")).status).toBe(0);
    expect(dan.config()).toMatch(
      /^\[profile claviger\]\ncredential_process = .*\nregion = .*\nendpoint_url = .*\noutput = json\n\n\[default\]\n$/,
    );
    expect(await who(dan)).toMatch(/user\/dan$/);
  });

  test("a key that is gone is named as the cause, by the profile", async () => {
    const gone = new Person();
    await login(gone, await newUser("gone"));
    const { accessKeyId: AccessKeyId } = gone.kept("claviger").key;
    await iam.deleteAccessKey({ UserName: "gone", AccessKeyId });
    // The session goes on for its hour, as AWS's own do.
    expect(await who(gone)).toMatch(/user\/gone$/);
    forgetSession(gone);
    const profile = { AWS_PROFILE: "claviger" };
    expect((await gone.runs(command, ["whoami"], profile)).stderr).toBe(
      "error: the profile claviger gave no credentials\n" +
        "hint: see why: claviger credentials --profile claviger\n",
    );
    for (const words of ["credentials --profile claviger", "keys list", "keys rotate"]) {
      expect((await gone.run(words)).stderr).toBe(
        `error: ${vault.url} does not take the access key of profile claviger (arn:aws:iam::123456789012:user/gone)\n` +
          "hint: log in with one that it takes: claviger login --profile claviger\n",
      );
    }
  });
});

describe("the session is kept", () => {
  const credentials = async (person: Person) =>
    JSON.parse((await person.run("credentials --profile claviger")).stdout);
  const key = async (person: Person) => (await credentials(person)).AccessKeyId;

  test("until shortly before it expires, and for what it came from alone", async () => {
    const kim = new Person();
    await login(kim, await newUser("kim"));
    const first = await key(kim);
    expect(await key(kim)).toBe(first);
    const file = kim.sessionFile("claviger");
    const kept = JSON.parse(readFileSync(file, "utf8"));
    const lasting = async (minutes: number) => {
      const expiration = new Date(Date.now() + minutes * 60_000);
      writeFileSync(file, JSON.stringify({ ...kept, expiration }));
      return key(kim);
    };
    expect(await lasting(16)).toBe(first);
    expect(await lasting(14)).not.toBe(first);
    // A clock that was set back.
    expect(await lasting(120)).not.toBe(first);
    await lasting(50);
    await kim.run("keys rotate");
    expect(await key(kim)).not.toBe(first);
    writeFileSync(file, "{");
    expect(await key(kim)).toMatch(/^ASIA/);
  });

  test("and nothing depends on it", async () => {
    const leo = new Person();
    leo.writes(`${leo.folder}/cache`, "no folder");
    await login(leo, await newUser("leo"));
    expect(await who(leo)).toMatch(/user\/leo$/);
  });
});

test("a profile that isn't claviger's never means another one", async () => {
  const ned = new Person();
  await login(ned, await newUser("ned"));
  const { key } = ned.kept("claviger");
  expect((await ned.run("keys rotate", "", { AWS_PROFILE: "work" })).stderr).toBe(
    "error: claviger keeps no profile work\n" +
      "hint: make one: claviger login, or claviger setup on a vault of your own\n",
  );
  expect(ned.kept("claviger").key).toEqual(key);
  expect((await ned.run("keys list", "", { AWS_PROFILE: "" })).status).toBe(0);
});

test("a key that others may read is not used", async () => {
  const mia = new Person();
  await login(mia, await newUser("mia"));
  chmodSync(mia.keptFile("claviger"), 0o640);
  expect((await mia.run("credentials --profile claviger")).stderr).toBe(
    `error: ${mia.keptFile("claviger")} is open to others (mode 640)\n` +
      `hint: chmod 600 ${mia.keptFile("claviger")}, and if somebody may have read it: claviger keys rotate --profile claviger\n`,
  );
});

describe("keys rotate", () => {
  test("replaces the key", async () => {
    const hal = new Person();
    await login(hal, await newUser("hal"));
    const [before] = await keyIds("hal");
    const outcome = JSON.parse((await hal.run("keys rotate --format json")).stdout);
    expect(outcome).toEqual({
      profile: "claviger",
      accessKeyId: expect.stringMatching(/^AKIA/),
      formerKeyId: before,
    });
    expect(await keyIds("hal")).toEqual([outcome.accessKeyId]);
    expect(await who(hal)).toMatch(/user\/hal$/);
  });

  test("says what to do where there are two keys", async () => {
    const ida = new Person();
    await login(ida, await newUser("ida"));
    const { AccessKey } = await iam.createAccessKey({ UserName: "ida" });
    const { stderr, status } = await ida.run("keys rotate");
    expect(status).toBe(1);
    expect(stderr).toBe(
      "error: the user ida has two access keys already, the most that AWS allows\n" +
        `hint: see when ${AccessKey?.AccessKeyId} was last used (claviger keys list); if nobody needs it: aws iam delete-access-key --user-name ida --access-key-id ${AccessKey?.AccessKeyId}\n`,
    );
    expect((await ida.run("keys list")).stdout).toMatch(
      /now {2}never\n|never {6}\n|this profile\n/,
    );
  });

  // Killed when the request has been carried out and its reply has not arrived.
  test.each(["CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey"])(
    "killed at %s, the profile works and the rotation goes on",
    async (operation) => {
      const name = `killed-at-${operation}`;
      const person = new Person();
      await login(person, await newUser(name));
      const [before] = await keyIds(name);
      const way = await wayWithoutReply(operation);
      const rotation = person.starts("keys rotate", { AWS_ENDPOINT_URL: way.url });
      await way.carriedOut;
      rotation.kill("SIGKILL");
      await once(rotation, "exit");
      way.stop();
      forgetSession(person);
      expect(await who(person)).toBe(`arn:aws:iam::123456789012:user/${name}`);
      const again = await person.run("keys rotate");
      if (operation === "CreateAccessKey") {
        // Nobody knows this key's secret: it can only be thrown away, and is named.
        const [, AccessKeyId = ""] = /--access-key-id (\S+)/.exec(again.stderr) ?? [];
        await iam.deleteAccessKey({ UserName: name, AccessKeyId });
        expect((await person.run("keys rotate")).status).toBe(0);
      } else {
        expect(again.status).toBe(0);
      }
      const after = await keyIds(name);
      expect(after).toHaveLength(1);
      expect(after).not.toContain(before);
      forgetSession(person);
      expect(person.kept("claviger")).toMatchObject({ key: { accessKeyId: after[0] } });
      expect(await who(person)).toBe(`arn:aws:iam::123456789012:user/${name}`);
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
