/** Tags of users, roles and instance profiles, with the rules and words that AWS has for them. */
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { account, body, credentialsOf, refused, trustsAccount } from "./iam.fixture.ts";

let vault: TestVault;
let iam: IAM;

beforeAll(async () => {
  vault = await startVault();
  iam = new IAM(vault.client);
});
afterAll(async () => {
  iam.destroy();
  expect(vault.faults).toEqual([]);
  await vault.close();
});

interface TagList {
  readonly Key: string;
  readonly Value: string;
}

const kinds = {
  user: {
    isCaseSensitive: false,
    create: (UserName: string, Tags?: TagList[]) => iam.createUser({ UserName, Tags }),
    tag: (UserName: string, Tags: TagList[]) => iam.tagUser({ UserName, Tags }),
    untag: (UserName: string, TagKeys: string[]) => iam.untagUser({ UserName, TagKeys }),
    list: (UserName: string, page = {}) => iam.listUserTags({ UserName, ...page }),
    missing: "The user with name nobody cannot be found.",
  },
  role: {
    isCaseSensitive: false,
    create: (RoleName: string, Tags?: TagList[]) =>
      iam.createRole({ RoleName, AssumeRolePolicyDocument: trustsAccount, Tags }),
    tag: (RoleName: string, Tags: TagList[]) => iam.tagRole({ RoleName, Tags }),
    untag: (RoleName: string, TagKeys: string[]) => iam.untagRole({ RoleName, TagKeys }),
    list: (RoleName: string, page = {}) => iam.listRoleTags({ RoleName, ...page }),
    missing: "The role with name nobody cannot be found.",
  },
  "instance profile": {
    isCaseSensitive: true,
    create: (InstanceProfileName: string, Tags?: TagList[]) =>
      iam.createInstanceProfile({ InstanceProfileName, Tags }),
    tag: (InstanceProfileName: string, Tags: TagList[]) =>
      iam.tagInstanceProfile({ InstanceProfileName, Tags }),
    untag: (InstanceProfileName: string, TagKeys: string[]) =>
      iam.untagInstanceProfile({ InstanceProfileName, TagKeys }),
    list: (InstanceProfileName: string, page = {}) =>
      iam.listInstanceProfileTags({ InstanceProfileName, ...page }),
    missing: "Instance Profile nobody cannot be found.",
  },
};

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ Key: `k${from + at}`, Value: "v" }));

describe.each(Object.entries(kinds))("%s", (kind, of) => {
  const name = (what: string) => `${kind.replace(" ", "-")}-${what}`;

  test("tags come and go, and are listed in the order of their keys, in pages", async () => {
    const it = name("tagged");
    await of.create(it, [{ Key: "team", Value: "weather" }]);
    expect(body(await of.tag(it, [{ Key: "app", Value: "" }]))).toEqual({});
    await of.tag(it, [{ Key: "team", Value: "climate" }]);
    const app = { Key: "app", Value: "" };
    const team = { Key: "team", Value: "climate" };
    expect(body(await of.list(it))).toEqual({ Tags: [app, team], IsTruncated: false });
    const first = await of.list(it, { MaxItems: 1 });
    expect([first.Tags, first.IsTruncated]).toEqual([[app], true]);
    const rest = await of.list(it, { Marker: first.Marker });
    expect([rest.Tags, rest.IsTruncated]).toEqual([[team], false]);
    expect(body(await of.untag(it, ["app", "never"]))).toEqual({});
    expect((await of.list(it)).Tags).toEqual([team]);
  });

  test("keys that differ only in case", async () => {
    const it = name("cased");
    await of.create(it);
    const both = [
      { Key: "Team", Value: "1" },
      { Key: "team", Value: "2" },
    ];
    if (of.isCaseSensitive) {
      await of.tag(it, both);
      await of.untag(it, ["team"]);
      expect((await of.list(it)).Tags).toEqual([both[0]]);
      return;
    }
    const twice = [
      "InvalidInputException",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      400,
    ];
    expect(await refused(of.tag(it, both))).toEqual(twice);
    expect(await refused(of.create(name("twice"), both))).toEqual(twice);
    await of.tag(it, both.slice(0, 1));
    await of.tag(it, both.slice(1));
    expect((await of.list(it)).Tags).toEqual([both[1]]);
    await of.untag(it, ["TEAM"]);
    expect((await of.list(it)).Tags).toEqual([]);
  });

  test("there are fifty at most", async () => {
    const it = name("many");
    await of.create(it, numbered(0, 30));
    await of.tag(it, numbered(20, 30));
    expect(await refused(of.tag(it, numbered(50, 1)))).toEqual([
      "LimitExceededException",
      "The number of tags has reached the maximum limit.",
      409,
    ]);
    await of.tag(it, numbered(49, 1));
    expect(await refused(of.tag(it, numbered(0, 51)))).toEqual([
      "ValidationError",
      "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
      400,
    ]);
    const keys = numbered(0, 51).map(({ Key }) => Key);
    expect((await refused(of.untag(it, keys)))[1]).toBe(
      "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must have length less than or equal to 50",
    );
  });

  test("malformed tags are refused in IAM's words", async () => {
    const it = name("odd");
    await of.create(it);
    const pattern = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]";
    const at = (member: string, says: string) =>
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${says}`;
    const key = "tags.1.member.key";
    const tag = async (Key: string, Value: string) =>
      (await refused(of.tag(it, [{ Key, Value }])))[1];
    expect(await tag("k".repeat(129), "")).toBe(
      at(key, "Member must have length less than or equal to 128"),
    );
    expect(await tag("a!b", "")).toBe(
      at(key, `Member must satisfy regular expression pattern: ${pattern}+`),
    );
    expect(await tag("k", "v".repeat(257))).toBe(
      at("tags.1.member.value", "Member must have length less than or equal to 256"),
    );
    expect((await refused(of.untag(it, ["a!b"])))[1]).toBe(
      at(
        "tagKeys",
        `Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${pattern}+, Member must not be null]`,
      ),
    );
  });

  test.each([
    ["lower", { Key: "aws:team", Value: "" }],
    ["upper", { Key: "AWS:team", Value: "" }],
    ["value", { Key: "team", Value: "aws:x" }],
  ])("AWS's own tags are nobody else's to give: %s, %j", async (spelling, tag) => {
    const it = name(`reserved-${spelling}`);
    const reserved = [
      "InvalidInputException",
      "Tag keys and values that begin with aws: are reserved.",
      400,
    ];
    expect(await refused(of.create(it, [tag]))).toEqual(reserved);
    await of.create(it);
    expect(await refused(of.tag(it, [tag]))).toEqual(reserved);
    expect((await of.list(it)).Tags).toEqual([]);
  });

  test("of nobody are not found", async () => {
    const missing = ["NoSuchEntityException", of.missing, 404];
    expect(await refused(of.tag("nobody", numbered(0, 1)))).toEqual(missing);
    expect(await refused(of.untag("nobody", ["k"]))).toEqual(missing);
    expect(await refused(of.list("nobody"))).toEqual(missing);
  });
});

test("policies decide on the tags that are given and taken, and on those that are there", async () => {
  const UserName = "tagger";
  const statement = (Action: string, Condition: object) => ({
    Effect: "Allow",
    Action,
    Resource: `arn:aws:iam::${account}:user/*`,
    Condition,
  });
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement("iam:TagUser", { StringEquals: { "aws:RequestTag/team": "weather" } }),
      statement("iam:UntagUser", { "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } }),
      statement("iam:ListUserTags", { StringEquals: { "aws:ResourceTag/team": "weather" } }),
      statement("iam:GetUser", { StringEquals: { "iam:ResourceTag/team": "weather" } }),
    ],
  });
  await iam.createUser({ UserName });
  await iam.createUser({ UserName: "subject" });
  await iam.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument });
  const own = new IAM({ ...vault.client, credentials: await credentialsOf(iam, UserName) });
  const subject = { UserName: "subject" };
  const denied = async (work: Promise<unknown>) => (await refused(work))[0];
  const team = (Value: string) => ({ ...subject, Tags: [{ Key: "team", Value }] });
  expect(await denied(own.tagUser(team("other")))).toBe("AccessDenied");
  expect(await denied(own.listUserTags(subject))).toBe("AccessDenied");
  expect(await denied(own.getUser(subject))).toBe("AccessDenied");
  await own.tagUser(team("weather"));
  await own.listUserTags(subject);
  await own.getUser(subject);
  expect(await denied(own.untagUser({ ...subject, TagKeys: ["team", "x"] }))).toBe("AccessDenied");
  await own.untagUser({ ...subject, TagKeys: ["team"] });
  own.destroy();
});
