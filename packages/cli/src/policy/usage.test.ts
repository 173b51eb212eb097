import { describe, expect, test } from "vitest";
import { accountWith, type RoleGiven, roleOf } from "./account.fixture.ts";
import type { TrailEvent } from "./trail.ts";
import { Usage } from "./usage.ts";

const arn = (name: string) => `arn:aws:ssm:us-east-1:123456789012:parameter/${name}`;
const caller = { arn: "", accountId: "123456789012", region: "us-east-1", partition: "aws" };

function read(role: string, name: string, change: Partial<TrailEvent> = {}): TrailEvent {
  return {
    eventTime: "2026-01-01T00:00:00Z",
    eventSource: "ssm.amazonaws.com",
    eventName: "GetParameter",
    awsRegion: "us-east-1",
    recipientAccountId: "123456789012",
    eventID: "e",
    sourceIPAddress: "127.0.0.1",
    userIdentity: {
      type: "AssumedRole",
      arn: `arn:aws:sts::123456789012:assumed-role/${role}/s`,
      sessionContext: { sessionIssuer: { arn: `arn:aws:iam::123456789012:role/${role}` } },
    },
    resources: [{ ARN: arn(name) }],
    ...change,
  };
}

async function judged(roles: readonly RoleGiven[], events: readonly TrailEvent[]) {
  const account = accountWith(roles);
  const usage = new Usage(account);
  for (const event of events) usage.add(event);
  await usage.judge(caller);
  return { usage, role: (name: string) => roleOf(account, name) };
}

const allow = (Action: string, Resource = "*", Condition?: object) =>
  ({ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) }) as never;

describe("a use", () => {
  test("is put down to the narrowest statement that allows it", async () => {
    const inline = {
      wide: [allow("ssm:*")],
      own: [allow("ssm:GetParameter", arn("*")), allow("ssm:GetParameter", arn("a"))],
    };
    const { usage, role } = await judged(
      [{ name: "web", inline }],
      [read("web", "a"), read("web", "b")],
    );
    expect(
      usage.uses.map(({ policy, statementIndex, resource }) => [policy, statementIndex, resource]),
    ).toEqual([
      ["inline policy own of role web", 1, arn("a")],
      ["inline policy own of role web", 0, arn("b")],
    ]);
    expect(usage.eventsOf(role("web"))).toBe(2);
  });

  test("is none of a denied request, of strangers, or of the root", async () => {
    const { usage, role } = await judged(
      [{ name: "web", inline: { own: [allow("ssm:*")] } }],
      [
        read("web", "a", { errorCode: "AccessDenied" }),
        read("gone", "a"),
        read("web", "a", { userIdentity: { type: "Root", arn: "arn:aws:iam::123456789012:root" } }),
      ],
    );
    expect([usage.uses, usage.eventsOf(role("web"))]).toEqual([[], 0]);
  });

  test("counts where the request failed for another reason than a denial", async () => {
    const { usage } = await judged(
      [{ name: "web", inline: { own: [allow("ssm:*")] } }],
      [read("web", "a", { errorCode: "ParameterNotFound" })],
    );
    expect(usage.uses).toHaveLength(1);
  });

  test("of an unknown resource is one of every statement with the action", async () => {
    const inline = { own: [allow("iam:Get*"), allow("iam:GetRole"), allow("iam:CreateRole")] };
    const event = read("web", "a", {
      eventSource: "iam.amazonaws.com",
      eventName: "GetRole",
      resources: [],
    });
    const { usage } = await judged([{ name: "web", inline }], [event]);
    expect(usage.uses.map(({ statementIndex, resource }) => [statementIndex, resource])).toEqual([
      [0, undefined],
      [1, undefined],
    ]);
  });
});

describe("a replay", () => {
  const inline = { own: [allow("ssm:GetParameter")] };

  test("loses nothing where all that was used is still allowed, and names what is not", async () => {
    const { usage, role } = await judged(
      [{ name: "web", inline }],
      [read("web", "a"), read("web", "b")],
    );
    const affected = new Set([role("web")]);
    const to = (...resources: string[]) =>
      usage.replay(affected, (policy) => ({
        ...policy,
        document: JSON.stringify({
          Version: "2012-10-17",
          Statement: allow("ssm:GetParameter", resources as never),
        }),
      }));
    expect(to(arn("a"), arn("b"))).toEqual([]);
    expect(to(arn("a"))).toEqual([`ssm:GetParameter on ${arn("b")}`]);
    expect(usage.replay(affected, () => undefined)).toHaveLength(2);
    expect(usage.replay(new Set(), () => undefined)).toEqual([]);
  });

  test("is in each request's own circumstances", async () => {
    const from = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };
    const events = ["10.1.1.1", "192.168.1.1"].map((sourceIPAddress) =>
      read("web", "a", { sourceIPAddress }),
    );
    const own = [allow("ssm:GetParameter", "*", from), allow("ssm:*")];
    const { usage } = await judged([{ name: "web", inline: { own } }], events);
    expect(usage.uses.map(({ statementIndex }) => statementIndex)).toEqual([0, 1]);
  });

  test("can't be made of what today's policies don't explain", async () => {
    const { usage, role } = await judged(
      [{ name: "web", inline: { own: [] } }],
      [read("web", "a")],
    );
    expect(usage.unexplained(new Set([role("web")]))).toEqual([`ssm:GetParameter on ${arn("a")}`]);
    expect(usage.unexplained(new Set())).toEqual([]);
  });

  test("needs no explanation of a request that failed before it was judged", async () => {
    const failed = read("web", "a", { errorCode: "ValidationException" });
    const { usage, role } = await judged([{ name: "web", inline: { own: [] } }], [failed]);
    expect(usage.unexplained(new Set([role("web")]))).toEqual([]);
  });
});
