/** Access keys of users of a real vault's IAM. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { iamAccessKey } from "../src/iam/access-key.ts";
import type { Rotator } from "../src/rotator.ts";
import { RotatedSecret } from "./rotated-secret.fixture.ts";
import { inert } from "./stand-ins/inert.ts";
import { mishaps, TroubledRuns } from "./troubled-runs.fixture.ts";

let vault: TestVault;
let root: IAMClient;

beforeAll(async () => {
  vault = await startVault();
  root = new IAMClient(vault.client);
});

afterAll(async () => {
  root.destroy();
  await vault.close();
});

test("a second key is made, and the first is good until it is revoked", async () => {
  const { rotated, keysOf } = await given();
  const first = rotated.value("AWSCURRENT").AccessKeyId;
  expect(await rotated.rotate()).toBeNull();
  const second = rotated.value("AWSCURRENT").AccessKeyId;
  expect(await keysOf()).toEqual([first, second].sort());
  await rotated.take("testSecret", rotated.versionId("AWSPREVIOUS"));
  await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
  await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
  expect(await keysOf()).toEqual([second]);
  await rotated.rotate();
});

test("the user itself rotates its key where there is no admin, and revokes even the last", async () => {
  const { rotated, keysOf } = await given({ isItsOwnAdmin: true });
  await rotated.rotate();
  await rotated.take("revokeSecret", rotated.versionId("AWSPREVIOUS"));
  await rotated.take("revokeSecret", rotated.versionId("AWSCURRENT"));
  expect(await keysOf()).toEqual([]);
});

test("a key that couldn't be stored is removed by the next try, or by the roll-back", async () => {
  const { rotated, keysOf } = await given();
  const first = rotated.value("AWSCURRENT").AccessKeyId ?? "";
  const vaultIsGone = () => Promise.reject(new Error("the vault is gone"));
  const token = rotated.begin();
  await expect(rotated.take("createSecret", token, vaultIsGone)).rejects.toThrow("gone");
  expect(await keysOf()).toHaveLength(2);
  await rotated.take("revokeSecret", token);
  expect(await keysOf()).toEqual([first]);
  await expect(rotated.take("createSecret", token, vaultIsGone)).rejects.toThrow("gone");
  await rotated.take("createSecret", token);
  const second = rotated.value("AWSPENDING").AccessKeyId ?? "";
  expect(await keysOf()).toEqual([first, second].sort());
});

test("a key that somebody uses, or that is older, stays: the rotation fails instead", async () => {
  const { user, rotated, keysOf } = await given();
  const used = await newKey(user);
  const own = new IAMClient({ ...vault.client, credentials: used.credentials });
  await own.send(new ListAccessKeysCommand({})).catch(() => {});
  own.destroy();
  const before = await keysOf();
  await expect(rotated.rotate()).rejects.toThrow("The user has two access keys already");
  expect(await keysOf()).toEqual(before);
});

test("what is AWSCURRENT's too isn't deleted for another version", async () => {
  const { rotated } = await given();
  const again = rotated.begin();
  const value = { ...rotated.value("AWSCURRENT"), note: "put once more" };
  rotated.secret.values.set(again, JSON.stringify(value));
  await expect(rotated.take("revokeSecret", again)).rejects.toThrow("the same access key");
});

test("a key is tested by itself, whatever it may do, and an unknown one fails", async () => {
  const { rotated } = await given();
  await rotated.take("testSecret", rotated.versionId("AWSCURRENT"));
  const unknown = { AccessKeyId: "AKIAIOSFODNN7UNKNOWN", SecretAccessKey: "x".repeat(40) };
  const other = new RotatedSecret({ rotator: impatient(), value: unknown, aws: vault.client });
  await expect(other.take("testSecret", other.versionId("AWSCURRENT"))).rejects.toThrow("aborted");
});

test("a new key isn't fetched in the clear, nor where nobody allowed it", async () => {
  const { user, rotated, keysOf } = await given();
  const before = await keysOf();
  const at = (endpoint: string, rotator = iamAccessKey()) =>
    new RotatedSecret({
      ...options(user),
      rotator,
      value: rotated.value("AWSCURRENT"),
      aws: {},
      metadata: { userName: user, endpoint },
    });
  await expect(at("http://iam.example.com").rotate()).rejects.toThrow("must be an https URL");
  await expect(at(vault.url).rotate()).rejects.toThrow("the rotators file doesn't allow it");
  expect(await keysOf()).toEqual(before);
  expect(await at(vault.url, iamAccessKey([vault.url])).rotate()).toBeNull();
});

test("an environment's names are kept", async () => {
  const { user, rotated } = await given();
  const { AccessKeyId, SecretAccessKey } = rotated.value("AWSCURRENT");
  const value = {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_REGION: "eu-central-1",
  };
  const named = new RotatedSecret({ ...options(user), value });
  await named.rotate();
  expect(Object.keys(named.value("AWSCURRENT"))).toEqual(Object.keys(value));
  expect(named.value("AWSCURRENT").AWS_ACCESS_KEY_ID).not.toBe(AccessKeyId);
});

test("whatever dies or comes twice, no key is left over and AWSCURRENT's is one of them", async () => {
  await fc.assert(
    fc.asyncProperty(mishaps, async (all) => {
      const { user, value, keysOf } = await newUser();
      const runs = new TroubledRuns(
        {
          rotator: impatient([vault.url]),
          standIn: inert,
          initialSecret: JSON.stringify(value),
          adminSecret: JSON.stringify(admin()),
          metadata: { userName: user, endpoint: vault.url },
        },
        all,
      );
      for (let isOver = false; !isOver; ) {
        isOver = (await runs.rotate()) && !runs.hasMishapsLeft;
        expect(await keysOf()).toEqual([JSON.parse(runs.secret.current).AccessKeyId]);
      }
    }),
    { numRuns: 4 },
  );
});

/** The vault's IAM knows a key at once, or never. */
function impatient(endpoints: readonly string[] = []): Rotator {
  const rotator = iamAccessKey(endpoints);
  return {
    ...rotator,
    testSecret: (rotation, value) =>
      rotator.testSecret({ ...rotation, signal: AbortSignal.timeout(400) }, value),
  };
}

async function given({ isItsOwnAdmin = false } = {}) {
  const { user, value, keysOf } = await newUser();
  const { adminValue, ...others } = options(user);
  const by = isItsOwnAdmin ? {} : { adminValue };
  return { user, keysOf, rotated: new RotatedSecret({ ...others, ...by, value }) };
}

function options(user: string) {
  const metadata = { userName: user };
  return { rotator: iamAccessKey(), aws: vault.client, metadata, adminValue: admin() };
}

function admin() {
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = vault.credentials;
  return { AccessKeyId, SecretAccessKey };
}

let users = 0;

/** A user with one key, who may manage its own. */
async function newUser() {
  const user = `user-${++users}`;
  await root.send(new CreateUserCommand({ UserName: user }));
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["iam:*AccessKey*"],
        Resource: "arn:aws:iam::*:user/$" + "{aws:username}",
      },
      { Effect: "Allow", Action: "iam:GetAccessKeyLastUsed", Resource: "*" },
    ],
  });
  const policy = { UserName: user, PolicyName: "own-keys", PolicyDocument };
  await root.send(new PutUserPolicyCommand(policy));
  const { value } = await newKey(user);
  const keysOf = async () => {
    const { AccessKeyMetadata = [] } = await root.send(
      new ListAccessKeysCommand({ UserName: user }),
    );
    return AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId).sort();
  };
  return { user, value, keysOf };
}

async function newKey(user: string) {
  const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: user }));
  const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return { value: { AccessKeyId, SecretAccessKey }, credentials };
}
