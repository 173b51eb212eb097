import { explain, type Resource, type Trace } from "@claviger/vault/authorization";
import { describe, expect, test } from "vitest";
import { accountWith, type RoleGiven, roleOf } from "./account.fixture.ts";
import { Compiler } from "./compile.ts";
import { type Change, holderArn, holderName, smallestChange } from "./smallest-change.ts";

const arn = "arn:aws:ssm:us-east-1:123456789012:parameter/app/token";
const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const allow = { Effect: "Allow", Action: "ssm:GetParameter", Resource: arn } as const;

interface Asked extends Partial<RoleGiven> {
  readonly managed?: Parameters<typeof accountWith>[1];
  readonly action?: string;
  readonly resource?: Partial<Resource> & { readonly document?: object };
  readonly session?: object;
  readonly sourceAddress?: string;
}

/** The trace of a role's request; with the change made, the same again. */
function asked(given: Asked): Trace {
  const {
    managed = {},
    action = "ssm:GetParameter",
    resource = {},
    session,
    sourceAddress = "127.0.0.1",
  } = given;
  const compiler = new Compiler();
  const role = roleOf(accountWith([{ name: "web", ...given }], managed), "web");
  const principal = compiler.principal(role, "s1", 0);
  const { document, ...rest } = resource;
  const bounds = session && compiler.compile("session policy", JSON.stringify(session), "identity");
  return explain(
    { ...principal, sessionPolicies: bounds === undefined ? [] : [bounds] },
    action,
    {
      arn,
      accountId: "123456789012",
      tags: {},
      ...rest,
      ...(document && {
        policy: compiler.compile("the resource's policy", JSON.stringify(document), "resource"),
      }),
    },
    { now: 0, sourceAddress, isSecureTransport: true, region: "us-east-1", userAgent: "" },
  );
}

function additions(changes: readonly Change[]) {
  return changes.flatMap((change) => (change.type === "add-statement" ? [change] : []));
}

const document = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

describe("the smallest change", () => {
  test("is a statement for the role where no policy speaks of it, and that is enough", () => {
    const [change, ...others] = additions(smallestChange(asked({})));
    expect(others).toEqual([]);
    expect(change).toMatchObject({ to: "a policy of role web", statement: allow });
    expect(asked({ inline: { added: [allow] } }).isAllowed).toBe(true);
  });

  test("is nothing for what is allowed", () => {
    expect(smallestChange(asked({ inline: { own: [allow] } }))).toEqual([]);
  });

  test("names each Deny that stands in the way, and what is missing beside it", () => {
    const deny = { Effect: "Deny", Action: "ssm:*", Resource: "*", Sid: "NoReads" } as const;
    const changes = smallestChange(asked({ inline: { own: [deny] } }));
    expect(changes).toMatchObject([
      {
        type: "remove-deny",
        policy: "inline policy own of role web",
        statement: { sid: "NoReads" },
      },
      { type: "add-statement", to: "a policy of role web" },
    ]);
    const both = smallestChange(asked({ inline: { own: [deny, allow] } }));
    expect(both.map(({ type }) => type)).toEqual(["remove-deny"]);
  });

  test("points at the condition that was not met and at what is allowed elsewhere", () => {
    const home = { ...allow, Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } };
    const other = { ...allow, Resource: `${arn}2` };
    const [change] = additions(smallestChange(asked({ inline: { own: [home, other] } })));
    expect(change?.unmet.map(({ statement }) => statement.index)).toEqual([0]);
    expect(change?.unmet[0]?.statement.conditions).toMatchObject([
      { key: "aws:SourceIp", expected: ["10.0.0.0/8"], actual: ["127.0.0.1"], holds: false },
    ]);
    expect(change?.elsewhere.map(({ statement }) => statement.index)).toEqual([1]);
  });

  test("is one for each kind of policy that leaves it out", () => {
    const edge = "arn:aws:iam::123456789012:policy/edge";
    const elsewhere = { ...allow, Action: "kms:Decrypt" };
    const trace = asked({
      boundary: edge,
      managed: { [edge]: [elsewhere] },
      session: document(elsewhere),
    });
    expect(additions(smallestChange(trace)).map(({ to }) => to)).toEqual([
      "a policy of role web",
      `the permissions boundary ${edge}`,
      "the policy that the session was made with",
    ]);
    const bounded = { boundary: edge, managed: { [edge]: [allow] }, session: document(allow) };
    expect(asked({ ...bounded, inline: { own: [allow] } }).isAllowed).toBe(true);
  });

  test("of a key is in its policy, for the role, unless that hands over to IAM", () => {
    const other = {
      Effect: "Allow",
      Principal: { AWS: "123456789012" },
      Action: "kms:Encrypt",
      Resource: "*",
    };
    const closed = { arn: key, isPolicyRequired: true, document: document(other) };
    const change = additions(smallestChange(asked({ action: "kms:Decrypt", resource: closed })));
    const role = "arn:aws:iam::123456789012:role/web";
    const statement = {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "*",
      Principal: { AWS: role },
    };
    expect(change.map(({ to }) => to)).toEqual(["the resource's policy"]);
    expect(change[0]?.statement).toEqual(statement);
    const opened = { ...closed, document: document(other, statement) };
    expect(asked({ action: "kms:Decrypt", resource: opened }).isAllowed).toBe(true);

    const delegating = { ...other, Action: "kms:*" };
    const handed = asked({
      action: "kms:Decrypt",
      resource: { ...closed, document: document(delegating) },
    });
    expect(additions(smallestChange(handed)).map(({ to }) => to)).toEqual(["a policy of role web"]);
  });

  test("across accounts is on both sides", () => {
    const secret = "arn:aws:secretsmanager:us-east-1:210987654321:secret:x-AbCdEf";
    const resource = { arn: secret, accountId: "210987654321" };
    const trace = asked({ action: "secretsmanager:GetSecretValue", resource });
    expect(additions(smallestChange(trace)).map(({ to }) => to)).toEqual([
      "a policy of role web",
      `the policy of ${secret}`,
    ]);
  });
});

test("a session is told by its role, whose ARN policies name", () => {
  const session = "arn:aws:sts::123456789012:assumed-role/web/s1";
  expect(holderArn(session)).toBe("arn:aws:iam::123456789012:role/web");
  expect(holderName(session)).toBe("role web");
  expect(holderName("arn:aws:iam::123456789012:user/staff/ana")).toBe("user ana");
});
