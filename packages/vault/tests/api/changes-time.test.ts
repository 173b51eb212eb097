/** What the change feed tells as time goes by: ends, announcements, and ends of readers. */
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { FeedReader, type Heard, type Opening } from "./change-feed.fixture.ts";
import { stsFixture } from "./sts.fixture.ts";

let vault: TestVault;
let ssm: SSM;
let secrets: SecretsManager;
const open: FeedReader[] = [];

/** Signs at the vault's time, wherever the replies' dates would move the client's. */
function atVaultTime<Client extends { readonly config: object }>(client: Client): Client {
  const get = () => vault.clock.now() - Date.now();
  Object.defineProperty(client.config, "systemClockOffset", { get, set() {} });
  return client;
}

beforeEach(async () => {
  vault = await startVault();
  ssm = atVaultTime(new SSM(vault.client));
  secrets = atVaultTime(new SecretsManager(vault.client));
});

afterEach(async () => {
  for (const reader of open.splice(0)) reader.close();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

async function reader(opening: Opening = {}): Promise<FeedReader> {
  const opened = await FeedReader.open(vault, opening);
  open.push(opened);
  return opened;
}

const put = (Name: string) =>
  ssm.putParameter({ Name, Value: "v", Type: "String", Overwrite: true });
const names = (heard: readonly Heard[]) => heard.map(({ data }) => data.name);
const kinds = (heard: readonly Heard[]) => heard.map(({ data }) => data.kind);

it("tells the end of a parameter, and its notices", async () => {
  const feed = await reader();
  const Timestamp = new Date(vault.clock.now() + 2 * 86_400_000).toISOString();
  const Policies = JSON.stringify([
    { Type: "Expiration", Version: "1.0", Attributes: { Timestamp } },
    {
      Type: "ExpirationNotification",
      Version: "1.0",
      Attributes: { Before: "3", Unit: "Days" },
    },
  ]);
  const Tags = [{ Key: "owner", Value: "weather" }];
  await ssm.putParameter({
    Name: "/feed/ends",
    Value: "v",
    Type: "String",
    Tier: "Advanced",
    Policies,
    Tags,
  });
  expect(kinds(await feed.take(1))).toEqual(["created"]);
  feed.close();
  await vault.restart();
  const after = await reader({ lastEventId: feed.lastEventId });
  expect(await after.next()).toMatchObject({
    event: "notice",
    data: {
      kind: "ExpirationNotification",
      name: "/feed/ends",
      type: "parameter",
      owner: "weather",
    },
  });
  after.close();
  await vault.restart(2 * 86_400_000);
  const last = await reader({ lastEventId: after.lastEventId });
  const ended = await last.take(2);
  expect(kinds(ended)).toEqual(["Expiration", "deleted"]);
  expect(ended[0]?.data.time).toBe(Timestamp);
});

it("tells the end of a recovery window", async () => {
  const feed = await reader();
  await secrets.createSecret({ Name: "feed-window", SecretString: "v" });
  await secrets.deleteSecret({ SecretId: "feed-window", RecoveryWindowInDays: 7 });
  expect(kinds(await feed.take(2))).toEqual(["created", "deleted"]);
  feed.close();
  // The window is longer than the history reaches back, so a reader near its end is needed.
  await vault.restart(7 * 86_400_000 - 3_600_000);
  const before = await reader();
  before.close();
  await vault.restart(3_600_000);
  const after = await reader({ lastEventId: before.lastEventId });
  expect((await after.next()).data).toMatchObject({ name: "feed-window", kind: "deleted" });
});

it("tells the end of the token in a secret, once for each moment", async () => {
  const feed = await reader();
  const ends = vault.clock.now() + 86_400_000 / 2;
  const Tags = [
    { Key: "claviger:expires-at", Value: new Date(ends).toISOString() },
    { Key: "owner", Value: "payments" },
  ];
  await secrets.createSecret({ Name: "feed-token", SecretString: "v", Tags });
  expect(kinds(await feed.take(1))).toEqual(["created"]);
  feed.close();
  await vault.restart();
  await vault.restart();
  const after = await reader({ lastEventId: feed.lastEventId });
  expect(await after.next()).toMatchObject({
    event: "notice",
    data: {
      kind: "ExpirationNotification",
      name: "feed-token",
      type: "secret",
      owner: "payments",
      time: new Date(ends - 86_400_000).toISOString(),
    },
  });
  after.close();
  await vault.restart(86_400_000 / 2);
  const last = await reader({ lastEventId: after.lastEventId });
  const [end] = await last.take(1);
  expect(end?.data).toMatchObject({ kind: "Expiration", time: new Date(ends).toISOString() });
  expect(await secrets.getSecretValue({ SecretId: "feed-token" })).toMatchObject({
    SecretString: "v",
  });
  await put("/feed/after-the-end");
  expect(names(await last.take(1))).toEqual(["/feed/after-the-end"]);
});

it("tells a reader to begin anew where the history does not reach back", async () => {
  const feed = await reader();
  await put("/feed/old");
  await feed.take(1);
  feed.close();
  await put("/feed/pruned");
  await put("/feed/kept");
  await vault.restart(25 * 3_600_000);
  let again: FeedReader | undefined;
  // The sweep that prunes begins with the start.
  for (let attempt = 0; attempt < 50; attempt++) {
    again = await reader({ lastEventId: feed.lastEventId });
    const first = await again.next();
    if (first.event === "reset") {
      expect(first.id).not.toBe(feed.lastEventId);
      break;
    }
    expect(first.data.name).toBe("/feed/pruned");
    again.close();
    again = undefined;
  }
  await put("/feed/behind-the-reset");
  expect(names((await again?.take(1)) ?? [])).toEqual(["/feed/behind-the-reset"]);
});

it("ends with the reader's session", async () => {
  const sts = stsFixture(vault);
  const allowed = [{ Action: ["claviger:WatchChanges", "ssm:*"], Resource: "*" }];
  const RoleArn = await sts.createRole("feed-role", { allowed });
  const keys = await sts.assume({ RoleArn, DurationSeconds: 900 });
  const feed = await reader({ keys });
  await put("/feed/in-session");
  expect(names(await feed.take(1))).toEqual(["/feed/in-session"]);
  vault.clock.advance(901_000);
  await put("/feed/behind-the-session");
  await feed.ended;
  expect(Number(feed.lastEventId)).toBeGreaterThan(0);
});
