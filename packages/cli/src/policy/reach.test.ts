import { describe, expect, test } from "vitest";
import { accountWith, type RoleGiven, roleOf } from "./account.fixture.ts";
import type { Item } from "./inventory.ts";
import { Judge } from "./reach.ts";

const start = "arn:aws:ssm:us-east-1:123456789012:parameter";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

function parameter(name: string, change: Partial<Item> = {}): Item {
  return {
    type: "parameter",
    name,
    arn: start + name,
    tags: {},
    policy: undefined,
    key: undefined,
    ...change,
  };
}

function secret(change: Partial<Item> = {}): Item {
  const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/x-AbCdEf";
  const key = { arn: "alias/aws/secretsmanager", policy: undefined, isAwsManaged: true };
  return {
    type: "secret",
    name: "prod/x",
    arn,
    tags: {},
    policy: undefined,
    key,
    ...change,
  };
}

function reached(item: Item, given: Omit<RoleGiven, "name">, managed = {}) {
  const role = roleOf(accountWith([{ name: "web", ...given }], managed), "web");
  const { read, write, delete: remove, conditions } = new Judge(Date.now()).reach(role, item);
  return { verdicts: `${read} ${write} ${remove}`, conditions };
}

const allow = (Action: string | string[], Resource = "*", Condition?: object) =>
  ({ Effect: "Allow", Action, Resource, ...(Condition && { Condition }) }) as never;
const deny = (Action: string, Resource = "*", Condition?: object) =>
  ({ Effect: "Deny", Action, Resource, ...(Condition && { Condition }) }) as never;

describe("a parameter", () => {
  const item = parameter("/app/prod/token");

  test.each([
    ["ssm:GetParameter", "yes no no"],
    ["ssm:GetParameterHistory", "yes no no"],
    ["ssm:PutParameter", "no yes no"],
    ["ssm:DeleteParameters", "no no yes"],
    ["ssm:*", "yes yes yes"],
    ["ssm:DescribeParameters", "no no no"],
  ])("with %s: %s", (action, verdicts) => {
    expect(reached(item, { inline: { own: [allow(action)] } }).verdicts).toBe(verdicts);
  });

  test.each([
    [`${start}/app`, "yes"],
    [`${start}/app/prod/`, "yes"],
    [`${start}/`, "yes"],
    [`${start}/app/prod/token`, "no"],
    [`${start}/other`, "no"],
  ])("is read by the path %s: %s", (path, read) => {
    const own = [allow("ssm:GetParametersByPath", path)];
    expect(reached(item, { inline: { own } }).verdicts).toBe(`${read} no no`);
  });

  test("is read by its parent's path without recursion, but not by a path above", () => {
    const flat = { Bool: { "ssm:Recursive": "false" } };
    const by = (path: string) =>
      reached(item, { inline: { own: [allow("ssm:GetParametersByPath", path, flat)] } }).verdicts;
    expect(by(`${start}/app/prod`)).toBe("yes no no");
    expect(by(`${start}/app`)).toBe("no no no");
  });
});

describe("conditions", () => {
  const item = parameter("/app/token", { tags: { team: "web" } });
  const from = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };

  test("that a request may or may not meet make an if, and are named", () => {
    const own = [
      allow("ssm:GetParameter", "*", from),
      allow("s3:*", "*", { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    ];
    expect(reached(item, { inline: { own } })).toEqual({
      verdicts: "if no no",
      conditions: ["aws:SourceIp"],
    });
  });

  test("of a Deny make an if of a yes", () => {
    const own = [allow("ssm:GetParameter"), deny("ssm:*", "*", { NotIpAddress: from.IpAddress })];
    expect(reached(item, { inline: { own } }).verdicts).toBe("if no no");
  });

  test("on the resource's and the role's tags are settled", () => {
    const own = [
      allow("ssm:GetParameter", "*", {
        StringEquals: { "ssm:resourceTag/team": "${aws:PrincipalTag/team}" },
      }),
    ];
    expect(reached(item, { inline: { own }, tags: { team: "web" } }).verdicts).toBe("yes no no");
    expect(reached(item, { inline: { own }, tags: { team: "ops" } }).verdicts).toBe("no no no");
  });

  test("that revoked older sessions do not hold for new ones", () => {
    const revoked = { DateLessThan: { "aws:TokenIssueTime": "2020-01-01T00:00:00Z" } };
    const own = [allow("ssm:GetParameter"), deny("*", "*", revoked)];
    expect(reached(item, { inline: { own } }).verdicts).toBe("yes no no");
  });
});

describe("what bounds it", () => {
  test("an explicit deny, and a boundary that leaves it out or can't be read", () => {
    const item = parameter("/app/token");
    const own = [allow("ssm:*")];
    const edge = "arn:aws:iam::123456789012:policy/edge";
    expect(reached(item, { inline: { own: [...own, deny("ssm:Put*")] } }).verdicts).toBe(
      "yes no yes",
    );
    const boundary = { inline: { own }, boundary: edge };
    expect(reached(item, boundary, { [edge]: [allow("ssm:GetParameter")] }).verdicts).toBe(
      "yes no no",
    );
    expect(reached(item, boundary).verdicts).toBe("no no no");
  });

  test("the secret's own policy allows by itself and denies", () => {
    const policy = (Effect: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect,
          Principal: { AWS: "arn:aws:iam::123456789012:role/web" },
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
        },
      });
    expect(reached(secret({ policy: policy("Allow") }), {}).verdicts).toBe("yes no no");
    const own = [allow("secretsmanager:*")];
    expect(reached(secret({ policy: policy("Deny") }), { inline: { own } }).verdicts).toBe(
      "no yes yes",
    );
  });
});

describe("the customer's own key", () => {
  const root = {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::123456789012:root" },
    Action: "kms:*",
    Resource: "*",
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: root });
  const own = [allow("secretsmanager:*")];
  const under = (given: string | undefined) =>
    secret({ key: { arn: keyArn, policy: given, isAwsManaged: false } });

  test("has to be open to the role too; deleting needs none", () => {
    expect(reached(under(policy), { inline: { own } }).verdicts).toBe("no no yes");
    expect(
      reached(under(policy), { inline: { own: [...own, allow("kms:Decrypt")] } }).verdicts,
    ).toBe("yes no yes");
    expect(
      reached(under(policy), {
        inline: { own: [...own, allow(["kms:Decrypt", "kms:GenerateDataKey"])] },
      }).verdicts,
    ).toBe("yes yes yes");
  });

  test("does not keep a parameter from being overwritten under another key", () => {
    const item = parameter("/app/token", { key: { arn: keyArn, policy, isAwsManaged: false } });
    expect(reached(item, { inline: { own: [allow("ssm:*")] } }).verdicts).toBe("no yes yes");
  });

  test("through the secret's service and for the secret, as far as policies ask", () => {
    const via = (service: string) => ({
      StringEquals: { "kms:ViaService": `${service}.us-east-1.amazonaws.com` },
      StringLike: { "kms:EncryptionContext:SecretARN": "*:secret:prod/*" },
    });
    const through = (service: string) =>
      reached(under(policy), { inline: { own: [...own, allow("kms:Decrypt", "*", via(service))] } })
        .verdicts;
    expect(through("secretsmanager")).toBe("yes no yes");
    expect(through("ssm")).toBe("no no yes");
  });

  test("whose policy can't be read makes an if, and is named", () => {
    const { verdicts, conditions } = reached(under(undefined), { inline: { own } });
    expect(verdicts).toBe("if if yes");
    expect(conditions[0]).toContain(keyArn);
  });
});

test("who is bound to no names reads what is made later too", () => {
  const account = accountWith([
    { name: "wide", inline: { own: [allow("ssm:*")] } },
    { name: "narrow", inline: { own: [allow("ssm:*", `${start}/app/*`)] } },
  ]);
  const judge = new Judge(Date.now());
  const item = parameter("/app/token", { key: { arn: keyArn, policy: "{}", isAwsManaged: false } });
  expect(judge.readsAll(roleOf(account, "wide"), item)).toBe(true);
  expect(judge.readsAll(roleOf(account, "narrow"), item)).toBe(false);
});

test("a policy that isn't understood allows nothing, and is named", () => {
  const judge = new Judge(Date.now());
  const role = roleOf(
    accountWith([{ name: "web", attached: ["arn:aws:iam::aws:policy/Gone"] }]),
    "web",
  );
  expect(judge.reach(role, parameter("/a")).read).toBe("no");
  expect([...judge.problems.keys()]).toEqual(["arn:aws:iam::aws:policy/Gone"]);
});
