/** The change feed over HTTP: what each reader hears, in which order, and when it hears no more. */
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { IAM } from "@aws-sdk/client-iam";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { ask, FeedReader, type Opening } from "./change-feed.fixture.ts";
import { stsFixture } from "./sts.fixture.ts";

let vault: TestVault;
let ssm: SSM;
let secrets: SecretsManager;
let sts: ReturnType<typeof stsFixture>;
const open: FeedReader[] = [];

beforeAll(async () => {
  vault = await startVault();
  ssm = new SSM(vault.client);
  secrets = new SecretsManager(vault.client);
  sts = stsFixture(vault);
});

afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});

afterAll(async () => {
  await vault.close();
  expect(vault.faults).toEqual([]);
});

async function reader(opening: Opening = {}): Promise<FeedReader> {
  const opened = await FeedReader.open(vault, opening);
  open.push(opened);
  return opened;
}

const put = (Name: string, Value = "value-that-must-not-be-told") =>
  ssm.putParameter({ Name, Value, Type: "String", Overwrite: true });
const names = (heard: readonly { data: Readonly<Record<string, unknown>> }[]) =>
  heard.map(({ data }) => data.name);
const watching = { Action: "claviger:WatchChanges", Resource: "*" };
const allowsAccount = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: "123456789012" },
      Action: "secretsmanager:DescribeSecret",
      Resource: "*",
    },
  ],
});
const everything = { Action: ["ssm:*", "secretsmanager:*"], Resource: "*" };

describe("what is told of parameters", () => {
  it("is each kind of change, in order, without values", async () => {
    const feed = await reader();
    const Name = "/feed/kinds";
    await put(Name);
    await put(Name, "second value-that-must-not-be-told");
    await ssm.labelParameterVersion({ Name, ParameterVersion: 1, Labels: ["good"] });
    const tagged = { ResourceType: "Parameter" as const, ResourceId: Name };
    await ssm.addTagsToResource({ ...tagged, Tags: [{ Key: "owner", Value: "weather" }] });
    await ssm.deleteParameter({ Name });
    const heard = await feed.take(5);
    const about = {
      arn: "arn:aws:ssm:us-east-1:123456789012:parameter/feed/kinds",
      name: Name,
      type: "parameter",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    };
    expect(heard.map(({ event }) => event)).toEqual(Array(5).fill("change"));
    expect(heard.map(({ data }) => data)).toEqual([
      { ...about, kind: "created", version: 1, labels: [] },
      { ...about, kind: "updated", version: 2, labels: [] },
      { ...about, kind: "stages", version: 1, labels: ["good"] },
      { ...about, kind: "updated", version: 2, labels: [] },
      { ...about, kind: "deleted", version: 2, labels: [] },
    ]);
    const ids = heard.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
    expect(JSON.stringify(heard)).not.toContain("value-that-must-not-be-told");
  });

  it("is nothing where nothing changed", async () => {
    const feed = await reader();
    await put("/feed/read");
    await ssm.getParameter({ Name: "/feed/read" });
    await secrets.createSecret({ Name: "read", SecretString: "s" });
    await secrets.getSecretValue({ SecretId: "read" });
    await put("/feed/after");
    expect(names(await feed.take(3))).toEqual(["/feed/read", "read", "/feed/after"]);
  });
});

describe("what is told of secrets", () => {
  it("is each kind of change, in order, without values", async () => {
    const feed = await reader();
    const first = "00000000-0000-4000-8000-000000000001";
    const second = "00000000-0000-4000-8000-000000000002";
    const pending = "00000000-0000-4000-8000-000000000003";
    const SecretString = "value-that-must-not-be-told";
    const SecretId = "feed-kinds";
    const of = { SecretId, SecretString };
    const current = { version: first, stages: ["AWSCURRENT"] };
    const steps: readonly [() => Promise<unknown>, object][] = [
      [
        () => secrets.createSecret({ Name: SecretId, SecretString, ClientRequestToken: first }),
        { kind: "created", ...current },
      ],
      [
        () => secrets.putSecretValue({ ...of, ClientRequestToken: second }),
        { kind: "updated", version: second, stages: ["AWSCURRENT"] },
      ],
      [
        () =>
          secrets.putSecretValue({
            ...of,
            ClientRequestToken: pending,
            VersionStages: ["AWSPENDING"],
          }),
        { kind: "updated", version: pending, stages: ["AWSPENDING"] },
      ],
      [
        () =>
          secrets.updateSecretVersionStage({
            SecretId,
            VersionStage: "AWSCURRENT",
            MoveToVersionId: first,
            RemoveFromVersionId: second,
          }),
        { kind: "stages", ...current },
      ],
      [
        () => secrets.tagResource({ SecretId, Tags: [{ Key: "team", Value: "shop" }] }),
        { kind: "updated", ...current },
      ],
      [
        () => secrets.putResourcePolicy({ SecretId, ResourcePolicy: allowsAccount }),
        { kind: "policy", ...current },
      ],
      [() => secrets.deleteSecret({ SecretId }), { kind: "deleted", ...current }],
      [() => secrets.restoreSecret({ SecretId }), { kind: "updated", ...current }],
      [
        () => secrets.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true }),
        { kind: "deleted", ...current },
      ],
    ];
    const about = { name: SecretId, type: "secret", time: expect.any(String) };
    const arn = expect.stringMatching(
      /^arn:aws:secretsmanager:us-east-1:123456789012:secret:feed-kinds-\w{6}$/,
    );
    for (const [change, told] of steps) {
      await change();
      const { event, data } = await feed.next();
      expect({ event, data }).toEqual({ event: "change", data: { ...about, arn, ...told } });
      expect(JSON.stringify(data)).not.toContain(SecretString);
    }
  });

  it("refuses an end that is no time", async () => {
    const Tags = [{ Key: "claviger:expires-at", Value: "next spring" }];
    const creating = secrets.createSecret({ Name: "feed-no-time", SecretString: "v", Tags });
    await expect(creating).rejects.toThrow(/claviger:expires-at must be a time/);
  });
});

describe("a reader", () => {
  it("that comes back goes on where it was, across a restart", async () => {
    const feed = await reader();
    await put("/feed/1");
    expect(names(await feed.take(1))).toEqual(["/feed/1"]);
    feed.close();
    await put("/feed/2");
    await vault.restart();
    await put("/feed/3");
    const again = await reader({ lastEventId: feed.lastEventId });
    expect(names(await again.take(2))).toEqual(["/feed/2", "/feed/3"]);
  });

  it("has a place before it has heard of anything", async () => {
    const feed = await reader();
    expect(feed.lastEventId).toMatch(/^\d+$/);
    feed.close();
    await put("/feed/missed");
    const again = await reader({ lastEventId: feed.lastEventId });
    expect(names(await again.take(1))).toEqual(["/feed/missed"]);
  });

  it("of another history is told to begin anew", async () => {
    const feed = await reader({ lastEventId: "999999999999999" });
    expect((await feed.next()).event).toBe("reset");
    await put("/feed/after-reset");
    expect(names(await feed.take(1))).toEqual(["/feed/after-reset"]);
  });

  it("hears of its own region alone", async () => {
    const [here, there] = [await reader(), await reader({ region: "eu-west-1" })];
    await put("/feed/here");
    await new SSM({ ...vault.client, region: "eu-west-1" }).putParameter({
      Name: "/feed/there",
      Value: "v",
      Type: "String",
    });
    await put("/feed/here-again");
    expect(names(await here.take(2))).toEqual(["/feed/here", "/feed/here-again"]);
    expect(names(await there.take(1))).toEqual(["/feed/there"]);
  });

  it("may have its request presigned", async () => {
    const feed = await reader({ isPresigned: true });
    await put("/feed/presigned");
    expect(names(await feed.take(1))).toEqual(["/feed/presigned"]);
  });

  it("hears everything of many writes, and so do many readers", async () => {
    const readers = await Promise.all(Array.from({ length: 40 }, () => reader()));
    const written = Array.from({ length: 60 }, (_, at) => `/feed/many/${at}`);
    await Promise.all(written.map((name) => put(name)));
    for (const each of readers) {
      expect(names(await each.take(60)).sort()).toEqual([...written].sort());
    }
  });
});

describe("a reader's access", () => {
  it("is asked for each event", async () => {
    const keys = await sts.createUser(
      "feed-shop",
      watching,
      { Action: "ssm:DescribeParameters", Resource: "arn:aws:ssm:*:*:parameter/feed/shop/*" },
      {
        Action: "secretsmanager:DescribeSecret",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/team": "shop" } },
      },
    );
    const feed = await reader({ keys });
    await put("/feed/bank/key");
    await put("/feed/shop/key");
    await secrets.createSecret({ Name: "feed-bank", SecretString: "v" });
    const Tags = [{ Key: "team", Value: "shop" }];
    await secrets.createSecret({ Name: "feed-shop", SecretString: "v", Tags });
    const force = { ForceDeleteWithoutRecovery: true };
    await secrets.deleteSecret({ SecretId: "feed-bank", ...force });
    await secrets.deleteSecret({ SecretId: "feed-shop", ...force });
    await ssm.deleteParameter({ Name: "/feed/bank/key" });
    await ssm.deleteParameter({ Name: "/feed/shop/key" });
    expect((await feed.take(4)).map(({ data }) => [data.name, data.kind])).toEqual([
      ["/feed/shop/key", "created"],
      ["feed-shop", "created"],
      ["feed-shop", "deleted"],
      ["/feed/shop/key", "deleted"],
    ]);
  });

  it("is a secret's own policy too, also when the secret is gone", async () => {
    const keys = await sts.createUser("feed-denied", watching, everything);
    const feed = await reader({ keys });
    const SecretId = "feed-denies";
    await secrets.createSecret({ Name: SecretId, SecretString: "v" });
    expect(names(await feed.take(1))).toEqual([SecretId]);
    const ResourcePolicy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: { AWS: "arn:aws:iam::123456789012:user/feed-denied" },
          Action: "secretsmanager:DescribeSecret",
          Resource: "*",
        },
      ],
    });
    await secrets.putResourcePolicy({ SecretId, ResourcePolicy });
    await secrets.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
    await put("/feed/after-the-denied");
    expect(names(await feed.take(1))).toEqual(["/feed/after-the-denied"]);
  });

  it("ends with its policies", async () => {
    const iam = new IAM(vault.client);
    const keys = await sts.createUser("feed-revoked", watching, everything);
    const feed = await reader({ keys });
    await put("/feed/before");
    expect(names(await feed.take(1))).toEqual(["/feed/before"]);
    await iam.putUserPolicy({
      UserName: "feed-revoked",
      PolicyName: "inline",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", ...watching }],
      }),
    });
    await put("/feed/unheard");
    await iam.putUserPolicy({
      UserName: "feed-revoked",
      PolicyName: "inline",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [watching, everything].map((one) => ({ Effect: "Allow", ...one })),
      }),
    });
    // What was written in between was judged by what held then, or by what holds now.
    await put("/feed/heard");
    const heard = names(await feed.take(1));
    if (heard[0] === "/feed/unheard") heard.splice(0, 1, ...names(await feed.take(1)));
    expect(heard).toEqual(["/feed/heard"]);
    await iam.deleteUserPolicy({ UserName: "feed-revoked", PolicyName: "inline" });
    await put("/feed/never");
    await feed.ended;
    await expect(reader({ keys })).rejects.toThrow(/not authorized to perform: claviger:Watch/);
  });

  it("ends with its access key", async () => {
    const iam = new IAM(vault.client);
    const keys = await sts.createUser("feed-key", watching, everything);
    const feed = await reader({ keys });
    const key = { UserName: "feed-key", AccessKeyId: keys.accessKeyId };
    await iam.updateAccessKey({ ...key, Status: "Inactive" });
    await put("/feed/unheard-by-the-key");
    await feed.ended;
    expect(feed.waiting).toBe(0);
  });
});

describe("a request for the feed", () => {
  const refused = async (opening: Opening) => {
    const { reply } = await ask(vault, opening);
    const text = Buffer.concat(await reply.toArray()).toString();
    const { __type, message, Message } = JSON.parse(text);
    return [reply.statusCode, __type, message ?? Message];
  };

  it("is denied without a policy", async () => {
    const keys = await sts.createUser("feed-nobody", { Action: "ssm:*", Resource: "*" });
    expect(await refused({ keys })).toEqual([
      403,
      "AccessDeniedException",
      expect.stringMatching(
        /^User: \S+:user\/feed-nobody is not authorized to perform: claviger:WatchChanges on resource: \*/,
      ),
    ]);
  });

  it("is refused where it is wrong", async () => {
    expect(await refused({ service: "ssm" })).toEqual([
      403,
      "InvalidSignatureException",
      expect.stringContaining("Credential should be scoped to correct service: 'claviger'."),
    ]);
    expect(await refused({ lastEventId: "soon" })).toEqual([
      400,
      "ValidationException",
      expect.stringContaining("lastEventId"),
    ]);
    expect(await refused({ method: "POST" })).toEqual([
      405,
      "UnknownOperationException",
      "WatchChanges is called with the method GET.",
    ]);
    const unsigned = await fetch(`${vault.url}/changes`);
    expect([unsigned.status, unsigned.headers.get("x-amzn-errortype")]).toEqual([
      403,
      "MissingAuthenticationTokenException",
    ]);
  });

  it("has headers that keep proxies from holding events back", async () => {
    const { sent, reply } = await ask(vault);
    expect(reply.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    sent.destroy();
  });

  it("is one event of the trail, allowed or refused", async () => {
    const keys = await sts.createUser("feed-audited", watching);
    await reader({ keys });
    const denied = await sts.createUser("feed-audited-not");
    await refused({ keys: denied });
    const trail = new CloudTrail(vault.client);
    const eventsOf = async (AttributeValue: string) => {
      const LookupAttributes = [{ AttributeKey: "Username" as const, AttributeValue }];
      const { Events = [] } = await trail.lookupEvents({ LookupAttributes });
      return Events.map(({ CloudTrailEvent = "{}" }) => JSON.parse(CloudTrailEvent)).filter(
        ({ eventName }) => eventName === "WatchChanges",
      );
    };
    expect(await eventsOf("feed-audited")).toMatchObject([{ readOnly: true }]);
    expect(await eventsOf("feed-audited-not")).toMatchObject([{ errorCode: "AccessDenied" }]);
  });
});
