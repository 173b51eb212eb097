/** CloudTrail as an AWS client meets it: who did what, found by one attribute, in pages. */
import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from "@aws-sdk/client-cloudtrail";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";

const account = "123456789012";
let vault: TestVault;
let trail: CloudTrailClient;
let secretAccessKey: string;
let accessKeyId: string;

beforeAll(async () => {
  vault = await startVault();
  trail = new CloudTrailClient(vault.client);
  const iam = new IAMClient(vault.client);
  await iam.send(new CreateUserCommand({ UserName: "ana" }));
  for (let count = 0; count < 5; count++) await iam.send(new GetUserCommand({ UserName: "ana" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ana" }));
  secretAccessKey = AccessKey?.SecretAccessKey ?? "";
  accessKeyId = AccessKey?.AccessKeyId ?? "";
  iam.destroy();
  const ana = new IAMClient({ ...vault.client, credentials: { accessKeyId, secretAccessKey } });
  await ana.send(new GetUserCommand({})).catch(() => undefined);
  ana.destroy();
});
afterAll(async () => {
  trail.destroy();
  await vault.close();
  expect(vault.faults).toEqual([]);
});

function lookup(input: LookupEventsCommandInput) {
  return trail.send(new LookupEventsCommand(input));
}

test("a write is found by its name, with CloudTrail's members", async () => {
  const { Events } = await lookup({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateUser" }],
  });
  expect(Events).toEqual([
    {
      EventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      EventName: "CreateUser",
      ReadOnly: "false",
      AccessKeyId: vault.credentials.accessKeyId,
      EventTime: expect.any(Date),
      EventSource: "iam.amazonaws.com",
      Username: "root",
      Resources: [
        { ResourceType: "AWS::IAM::User", ResourceName: `arn:aws:iam::${account}:user/ana` },
      ],
      CloudTrailEvent: expect.any(String),
    },
  ]);
  expect(JSON.parse(Events?.[0]?.CloudTrailEvent ?? "")).toMatchObject({
    eventName: "CreateUser",
    userIdentity: { type: "Root", accountId: account },
    requestParameters: { userName: "ana" },
    responseElements: { user: { userName: "ana", arn: `arn:aws:iam::${account}:user/ana` } },
  });
});

test("a refusal is found by who was refused", async () => {
  const { Events } = await lookup({
    LookupAttributes: [{ AttributeKey: "Username", AttributeValue: "ana" }],
  });
  expect(Events).toHaveLength(1);
  expect(Events?.[0]).toMatchObject({ EventName: "GetUser", AccessKeyId: accessKeyId });
  expect(JSON.parse(Events?.[0]?.CloudTrailEvent ?? "")).toMatchObject({
    errorCode: "AccessDenied",
    userIdentity: { type: "IAMUser", userName: "ana" },
  });
});

test("no event holds a secret", async () => {
  const { Events } = await lookup({});
  expect(JSON.stringify(Events)).toContain(accessKeyId);
  expect(JSON.stringify(Events)).not.toContain(secretAccessKey);
});

test("pages hold every event once, newest first", async () => {
  const attribute = { AttributeKey: "EventName", AttributeValue: "GetUser" } as const;
  const ids: (string | undefined)[] = [];
  const times: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await lookup({ LookupAttributes: [attribute], MaxResults: 2, NextToken });
    ids.push(...(page.Events ?? []).map(({ EventId }) => EventId));
    times.push(...(page.Events ?? []).map(({ EventTime }) => EventTime?.getTime() ?? 0));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  expect(ids).toHaveLength(6);
  expect(new Set(ids).size).toBe(6);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test("a token is good only for the lookup that gave it", async () => {
  const attribute = { AttributeKey: "EventName", AttributeValue: "GetUser" } as const;
  const { NextToken = "" } = await lookup({ LookupAttributes: [attribute], MaxResults: 2 });
  expect(await refusal(lookup({ NextToken }))).toMatch(/^InvalidNextTokenException:/);
  const changed = `${NextToken.slice(0, -2)}${NextToken.endsWith("AA") ? "BB" : "AA"}`;
  const forged = lookup({ LookupAttributes: [attribute], NextToken: changed });
  expect(await refusal(forged)).toMatch(/^InvalidNextTokenException:/);
});

test("times bound what is found, to the second", async () => {
  const { Events } = await lookup({
    LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateUser" }],
  });
  const at = Events?.[0]?.EventTime ?? new Date(0);
  const between = async (StartTime: Date, EndTime: Date) =>
    (await lookup({ StartTime, EndTime })).Events?.map(({ EventName }) => EventName);
  expect(await between(at, at)).toContain("CreateUser");
  const before = (seconds: number) => new Date(at.getTime() - seconds * 1000);
  expect(await between(before(10), before(1))).toEqual([]);
});

test("what it can't look up is refused", async () => {
  const attribute = { AttributeKey: "EventName", AttributeValue: "GetUser" } as const;
  const codes = [
    await refusal(lookup({ LookupAttributes: [attribute, attribute] })),
    await refusal(lookup({ MaxResults: 51 })),
    await refusal(lookup({ MaxResults: 0 })),
    await refusal(lookup({ StartTime: new Date(2000), EndTime: new Date(1000) })),
    await refusal(lookup({ EventCategory: "management" as "insight" })),
  ].map((refused) => refused.split(":")[0]);
  expect(codes).toEqual([
    "InvalidLookupAttributesException",
    "InvalidMaxResultsException",
    "InvalidMaxResultsException",
    "InvalidTimeRangeException",
    "ValidationException",
  ]);
});

test("there are no Insights events, as in an account that has not asked for them", async () => {
  expect((await lookup({ EventCategory: "insight" })).Events).toEqual([]);
});
