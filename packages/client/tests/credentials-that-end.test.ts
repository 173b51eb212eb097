/**
 * Sessions that end while a service runs, on machines whose clock is wrong, and permissions that
 * are taken away: what a vault, which enforces all of that, makes of the client.
 */
import { IAM } from "@aws-sdk/client-iam";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startVault, type TestVault } from "../../vault/src/testing/index.ts";
import { createSecrets } from "../src/index.ts";
import { type BadNetwork, badNetwork } from "./bad-network.fixture.ts";
import { MovableTime, newName } from "./place.fixture.ts";

let vault: TestVault;
let network: BadNetwork;
/** Of the test's own role, and of the parameter that the role reads. */
let role: string;
let name: string;

beforeAll(async () => {
  vault = await startVault();
});
beforeEach(async () => {
  role = newName();
  name = `/${role}/token`;
  network = await badNetwork(vault.url);
  // Its replies show the vault's time, which a test moves; the client's clock stays as it is.
  network.date = () => new Date(vault.clock.now());
  const document = (statement: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  await iam().createRole({
    RoleName: role,
    AssumeRolePolicyDocument: document({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
  });
  await iam().putRolePolicy({
    RoleName: role,
    PolicyName: "read",
    PolicyDocument: document({ Action: "ssm:GetParameter", Resource: "*" }),
  });
  await put("wx_1");
});
afterEach(async () => {
  vault.clock.advance(Date.now() - vault.clock.now());
  await network.close();
});
afterAll(async () => {
  await vault.close();
  expect(vault.faults).toEqual([]);
});

/** The administrator's client, for one call: at each reply it takes this machine's time again. */
function atVaultsTime<Client extends { config: { systemClockOffset: number } }>(client: Client) {
  client.config.systemClockOffset = vault.clock.now() - Date.now();
  return client;
}

const iam = () => atVaultsTime(new IAM(vault.client));
const ssm = () => atVaultsTime(new SSM(vault.client));
const sts = () => atVaultsTime(new STS(vault.client));

const put = (Value: string, Name = name) =>
  ssm().putParameter({ Name, Value, Type: "SecureString", Overwrite: true });

/** As the role, in sessions of a quarter of an hour. */
function asRole() {
  const time = new MovableTime();
  const sessions = { issued: 0 };
  const secrets = createSecrets({
    endpoint: network.url,
    region: "us-east-1",
    push: false,
    clock: time.now,
    credentials: async () => {
      sessions.issued++;
      const { Credentials } = await sts().assumeRole({
        RoleArn: `arn:aws:iam::123456789012:role/${role}`,
        RoleSessionName: "test",
        DurationSeconds: 900,
      });
      return {
        accessKeyId: Credentials?.AccessKeyId ?? "",
        secretAccessKey: Credentials?.SecretAccessKey ?? "",
        sessionToken: Credentials?.SessionToken,
        expiration: Credentials?.Expiration,
      };
    },
  });
  return { secrets, time, sessions };
}

test("a session that has ended is followed by another, and the call is made again", async () => {
  const { secrets, sessions } = asRole();
  const token = secrets.parameter(name);
  await token.get();
  vault.clock.advance(1_000_000);
  await put("wx_2");
  // The clock and the session are put right one after the other, in one call of ours.
  expect((await token.refresh()).reveal()).toBe("wx_2");
  expect(network.calls).toHaveLength(4);
  expect(sessions.issued).toBe(2);
  await put("wx_3");
  expect((await token.refresh()).reveal()).toBe("wx_3");
  expect(network.calls).toHaveLength(5);
});

test("a burst that meets the end of a session is one new session", async () => {
  const { secrets, sessions } = asRole();
  const names = Array.from({ length: 30 }, (_, at) => `${name}/${at}`);
  await Promise.all(names.map((one) => put(one, one)));
  await secrets.parameter(name).get();
  vault.clock.advance(1_000_000);
  const all = await Promise.all(names.map((one) => secrets.parameter(one).get()));
  expect(all.map((secret) => secret.reveal())).toEqual(names);
  expect(sessions.issued).toBe(2);
});

test("clocks that jump, forth and back, cost a call more each", async () => {
  const { secrets } = asRole();
  const token = secrets.parameter(name);
  for (const minutes of [10, -30, 60, -40]) {
    vault.clock.advance(minutes * 60_000);
    expect((await token.refresh()).reveal()).toBe("wx_1");
  }
  expect(network.calls.length).toBeLessThanOrEqual(12);
});

test("who may read no more is told so, and is not served what is held", async () => {
  const { secrets, time } = asRole();
  const token = secrets.parameter(name);
  await token.get();
  await iam().deleteRolePolicy({ RoleName: role, PolicyName: "read" });
  time.advance(301);
  await token.get().catch(() => {});
  await expect
    .poll(() => token.get().catch((error: unknown) => error))
    .toMatchObject({
      code: "AccessDenied",
    });
});

test("who may read one by one only reads one by one, and is not refused each time first", async () => {
  const { secrets } = asRole();
  const names = Array.from({ length: 5 }, (_, at) => `${name}/${at}`);
  await Promise.all(names.map((one) => put(one, one)));
  for (const one of names) secrets.parameter(one);
  await secrets.load();
  const first = ["GetParameters", ...Array(5).fill("GetParameter")];
  expect(network.calls).toEqual(first);
  await Promise.all(names.map((one) => secrets.parameter(one).refresh()));
  expect(network.calls).toEqual([...first, ...Array(5).fill("GetParameter")]);
});
