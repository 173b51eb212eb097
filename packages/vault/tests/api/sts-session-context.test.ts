/** What a caller may pass to AssumeRole to bound, tag and name the session that it makes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { refusal } from "./refusal.fixture.ts";
import { document, stsFixture } from "./sts.fixture.ts";

const account = "123456789012";
const parameter = (name: string) => `arn:aws:ssm:us-east-1:${account}:parameter/${name}`;
const readOnly = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess";

let vault: TestVault;
let fixture: ReturnType<typeof stsFixture>;

beforeAll(async () => {
  vault = await startVault();
  fixture = stsFixture(vault);
  for (const Name of ["/a", "/b"]) {
    const { ssm } = fixture.as(vault.credentials);
    await ssm.putParameter({ Name, Value: "v", Type: "String" });
  }
});
afterAll(async () => {
  expect(vault.faults).toEqual([]);
  await vault.close();
});

const all = { Action: "*", Resource: "*" };
const tagging = { Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] };

describe("session policies", () => {
  let RoleArn: string;
  beforeAll(async () => {
    RoleArn = await fixture.createRole("wide", { allowed: [all] });
  });

  test("give a session no more than they and its role both allow", async () => {
    const Policy = document({ Action: "ssm:GetParameter", Resource: parameter("a") });
    const { ssm } = fixture.as(await fixture.assume({ RoleArn, Policy }));
    await ssm.getParameter({ Name: "/a" });
    expect(await refusal(ssm.getParameter({ Name: "/b" }))).toMatch(
      /^AccessDeniedException: .* because no session policy allows the ssm:GetParameter action/,
    );
    const narrow = await fixture.createRole("narrow");
    const none = fixture.as(await fixture.assume({ RoleArn: narrow, Policy }));
    expect(await refusal(none.ssm.getParameter({ Name: "/a" }))).toMatch(
      /no identity-based policy/,
    );
  });

  test("managed ones are what stands under their ARN; one that is deleted denies", async () => {
    const { Policy } = await fixture.iam.createPolicy({
      PolicyName: "session",
      PolicyDocument: document({ Action: "ssm:GetParameter", Resource: parameter("b") }),
    });
    const { Arn: PolicyArn = "" } = Policy ?? {};
    const PolicyArns = [{ arn: PolicyArn }];
    const { ssm } = fixture.as(await fixture.assume({ RoleArn, PolicyArns }));
    await ssm.getParameter({ Name: "/b" });
    expect(await refusal(ssm.getParameter({ Name: "/a" }))).toMatch(/no session policy/);
    const both = { RoleArn, PolicyArns: [...PolicyArns, { arn: readOnly }] };
    const wider = fixture.as(await fixture.assume(both)).ssm;
    await wider.getParameter({ Name: "/a" });
    await fixture.iam.deletePolicy({ PolicyArn });
    expect(await refusal(wider.getParameter({ Name: "/a" }))).toMatch(/explicit deny/);
    expect(await refusal(fixture.assume({ RoleArn, PolicyArns }))).toBe(
      `MalformedPolicyDocumentException: The managed session policy ${PolicyArn} does not exist.`,
    );
  });

  test("are told in per cent of what a token carries, and refused beyond it", async () => {
    const { $metadata: _, ...plain } = await fixture.sts.assumeRole({
      RoleArn,
      RoleSessionName: "s1",
    });
    expect(plain).not.toHaveProperty("PackedPolicySize");
    const Policy = document({ Action: "ssm:GetParameter", Resource: parameter("a") });
    const { PackedPolicySize = 0 } = await fixture.sts.assumeRole({
      RoleArn,
      RoleSessionName: "s1",
      Policy,
    });
    expect(PackedPolicySize).toBeGreaterThan(0);
    expect(PackedPolicySize).toBeLessThan(50);
    const tags = Array.from({ length: 50 }, (_, at) => ({
      Key: `key-${at}-${Math.sin(at)}`.repeat(4).slice(0, 128),
      Value: `value ${at} ${Math.cos(at)}`.repeat(10).slice(0, 256),
    }));
    const tagged = await fixture.createRole("tagged", { trust: tagging });
    expect(await refusal(fixture.assume({ RoleArn: tagged, Tags: tags }))).toMatch(
      /^PackedPolicyTooLargeException: Packed size of session tags consumes \d{3}% of allotted space\.$/,
    );
    expect(await refusal(fixture.assume({ RoleArn: tagged, Tags: tags, Policy }))).toMatch(
      /^PackedPolicyTooLargeException: Packed policy consumes \d{3}% of allotted space, please use smaller policy\.$/,
    );
  });

  test.each([
    [{ Policy: "{}" }, /^MalformedPolicyDocumentException: /],
    [{ Policy: " ".repeat(2049) }, /^ValidationError: .* less than or equal to 2048$/],
    [
      { PolicyArns: Array.from({ length: 11 }, () => ({ arn: readOnly })) },
      /less than or equal to 10$/,
    ],
  ])("%j is refused", async (wrong, message) => {
    expect(await refusal(fixture.assume({ RoleArn, ...wrong }))).toMatch(message);
  });
});

describe("session tags", () => {
  const ownParameters = {
    Action: "ssm:GetParameter",
    Resource: parameter("${aws:PrincipalTag/name}"),
  };

  test("beat the role's tags, whatever the case of their keys", async () => {
    const RoleArn = await fixture.createRole("own", { trust: tagging, allowed: [ownParameters] });
    await fixture.iam.tagRole({ RoleName: "own", Tags: [{ Key: "name", Value: "a" }] });
    const byRole = fixture.as(await fixture.assume({ RoleArn })).ssm;
    await byRole.getParameter({ Name: "/a" });
    const Tags = [{ Key: "Name", Value: "b" }];
    const bySession = fixture.as(await fixture.assume({ RoleArn, Tags })).ssm;
    await bySession.getParameter({ Name: "/b" });
    expect(await refusal(bySession.getParameter({ Name: "/a" }))).toMatch(/^AccessDenied/);
  });

  test("need sts:TagSession from the trust policy, which may choose", async () => {
    const Tags = [{ Key: "team", Value: "weather" }];
    const plain = await fixture.createRole("untagged");
    expect(await refusal(fixture.assume({ RoleArn: plain, Tags }))).toMatch(
      new RegExp(
        `^AccessDenied: User: arn:aws:iam::${account}:root is not authorized to perform: sts:TagSession on resource: ${plain}`,
      ),
    );
    const choosing = await fixture.createRole("choosing", {
      trust: {
        ...tagging,
        Condition: {
          StringLike: { "aws:RequestTag/team": "w*" },
          "ForAllValues:StringEquals": {
            "aws:TagKeys": ["team"],
            "sts:TransitiveTagKeys": ["team"],
          },
        },
      },
    });
    await fixture.assume({ RoleArn: choosing, Tags, TransitiveTagKeys: ["team"] });
    for (const wrong of [
      [],
      [{ Key: "team", Value: "billing" }],
      [...Tags, { Key: "more", Value: "" }],
    ]) {
      expect(await refusal(fixture.assume({ RoleArn: choosing, Tags: wrong }))).toMatch(
        /^AccessDenied/,
      );
    }
  });

  test("transitive ones go down the chain, unchanged; the others end with their session", async () => {
    const mayChain = [{ Action: "sts:*", Resource: "*" }];
    const first = await fixture.createRole("first", { trust: tagging, allowed: mayChain });
    const second = await fixture.createRole("second", {
      trust: tagging,
      allowed: [...mayChain, ownParameters],
    });
    const keys = await fixture.assume({
      RoleArn: first,
      Tags: [
        { Key: "name", Value: "a" },
        { Key: "once", Value: "1" },
      ],
      TransitiveTagKeys: ["Name"],
    });
    const conflicting = { RoleArn: second, Tags: [{ Key: "NAME", Value: "b" }] };
    expect(await refusal(fixture.assume(conflicting, keys))).toBe(
      "InvalidParameterValue: One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
    const chained = await fixture.assume(
      { RoleArn: second, Tags: [{ Key: "once", Value: "2" }] },
      keys,
    );
    const again = await fixture.assume({ RoleArn: second }, chained);
    for (const each of [chained, again]) {
      await fixture.as(each).ssm.getParameter({ Name: "/a" });
      expect(await refusal(fixture.as(each).ssm.getParameter({ Name: "/b" }))).toMatch(
        /^AccessDenied/,
      );
    }
    // Tags that are inherited are passed too: a role that lets nobody tag its sessions refuses.
    const untagged = await fixture.createRole("no-tags", { allowed: [all] });
    expect(await refusal(fixture.assume({ RoleArn: untagged }, keys))).toMatch(/sts:TagSession/);
  });

  test.each([
    [
      {
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "A", Value: "2" },
        ],
      },
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    ],
    [
      { Tags: [{ Key: "aws:team", Value: "1" }] },
      "Tag keys and values that begin with aws: are reserved.",
    ],
    [
      { Tags: [{ Key: "a", Value: "1" }], TransitiveTagKeys: ["b"] },
      "The specified transitive tag key must be included in the requested tags.",
    ],
  ])("%j are refused", async (wrong, message) => {
    const RoleArn = `arn:aws:iam::${account}:role/first`;
    expect(await refusal(fixture.assume({ RoleArn, ...wrong }))).toBe(
      `InvalidParameterValue: ${message}`,
    );
  });
});

describe("a source identity", () => {
  test("stays along the chain, is asked for by policies, and can't be changed", async () => {
    const mayChain = [{ Action: "sts:*", Resource: "*" }];
    const named = { StringEquals: { "sts:SourceIdentity": "ana" } };
    const RoleArn = await fixture.createRole("named", {
      trust: { ...tagging, Condition: named },
      allowed: [
        ...mayChain,
        {
          Action: "ssm:GetParameter",
          Resource: "*",
          Condition: { StringEquals: { "aws:SourceIdentity": "ana" } },
        },
      ],
    });
    expect(await refusal(fixture.assume({ RoleArn }))).toMatch(/^AccessDenied/);
    expect(await refusal(fixture.assume({ RoleArn, SourceIdentity: "bea" }))).toMatch(
      /^AccessDenied/,
    );
    const keys = await fixture.assume({ RoleArn, SourceIdentity: "ana" });
    const chained = await fixture.assume({ RoleArn }, keys);
    await fixture.as(chained).ssm.getParameter({ Name: "/a" });
    expect(await refusal(fixture.assume({ RoleArn, SourceIdentity: "bea" }, keys))).toMatch(
      /^AccessDenied: The source identity of a session can't be changed/,
    );
  });

  test("needs sts:SetSourceIdentity, down the chain too", async () => {
    const RoleArn = await fixture.createRole("nameless", { allowed: [all] });
    const denied = /^AccessDenied: .* not authorized to perform: sts:SetSourceIdentity on resource/;
    expect(await refusal(fixture.assume({ RoleArn, SourceIdentity: "ana" }))).toMatch(denied);
    const namer = await fixture.createRole("namer", { trust: tagging, allowed: [all] });
    const keys = await fixture.assume({ RoleArn: namer, SourceIdentity: "ana" });
    expect(await refusal(fixture.assume({ RoleArn }, keys))).toMatch(denied);
  });
});
