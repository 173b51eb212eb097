// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";
import { decide } from "./decide.ts";
import {
  account,
  allow,
  circumstances,
  deny,
  documentOf,
  otherAccount,
  read,
  root,
  secret,
  session,
  user,
} from "./policies.fixture.ts";
import type { Principal, Resource } from "./types.ts";

const ana = user().arn;
const owner = `arn:aws:iam::${account}:root`;
const stranger = { accountId: otherAccount, arn: `arn:aws:iam::${otherAccount}:user/eve` };

function reason(principal: Principal, action: string, resource: Resource, keys = {}) {
  return decide(principal, action, resource, circumstances, keys).reason;
}

/** A statement of a key policy. */
const grant = (Principal: unknown, more: object = {}) => allow("*", "*", { Principal, ...more });

function guarded(changes: Partial<Resource>, ...statements: object[]): Resource {
  return secret({ policy: compilePolicy(documentOf(...statements), "resource"), ...changes });
}

/** A key, or a role's trust: what its own policy does not allow is denied. */
const key = (...statements: object[]) => guarded({ isPolicyRequired: true }, ...statements);

describe("identity policies", () => {
  it.each<[string, object[], string]>([
    ["none", [], "no-identity-policy"],
    ["one that allows", [allow(read, "*")], "allowed"],
    ["an action in another case", [allow("SecretsManager:getsecretvalue", "*")], "allowed"],
    ["action wildcards", [allow("secretsmanager:Get*Val?e", "*")], "allowed"],
    ["all of a service", [allow("secretsmanager:*", "*")], "allowed"],
    ["everything", [allow("*", "*")], "allowed"],
    ["*:*", [allow("*:*", "*")], "allowed"],
    ["another service", [allow("ssm:*", "*")], "no-identity-policy"],
    ["another action", [allow("secretsmanager:PutSecretValue", "*")], "no-identity-policy"],
    ["the ARN", [allow(read, secret().arn)], "allowed"],
    [
      "the ARN in another case",
      [
        allow(
          read,
          secret().arn.toUpperCase().replace("ARN:AWS:SECRETSMANAGER", "arn:aws:secretsmanager"),
        ),
      ],
      "no-identity-policy",
    ],
    ["an ARN pattern", [allow(read, "arn:aws:secretsmanager:*:*:secret:prod/*")], "allowed"],
    [
      "another ARN pattern",
      [allow(read, "arn:aws:secretsmanager:*:*:secret:test/*")],
      "no-identity-policy",
    ],
    [
      "a variable",
      [allow(read, "arn:aws:secretsmanager:*:${aws:PrincipalAccount}:secret:prod/*")],
      "allowed",
    ],
    [
      "an absent variable",
      [allow(read, "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/no}*")],
      "no-identity-policy",
    ],
    ["NotAction of another", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], "allowed"],
    [
      "NotAction of this",
      [{ Effect: "Allow", NotAction: ["iam:*", read], Resource: "*" }],
      "no-identity-policy",
    ],
    [
      "NotResource of another",
      [{ Effect: "Allow", Action: read, NotResource: "arn:aws:ssm:*" }],
      "allowed",
    ],
    [
      "NotResource of this",
      [{ Effect: "Allow", Action: read, NotResource: secret().arn }],
      "no-identity-policy",
    ],
    ["a deny beside it", [allow("*", "*"), deny(read, "*")], "explicit-deny-in-identity-policy"],
    ["a deny before it", [deny("*", "*"), allow(read, "*")], "explicit-deny-in-identity-policy"],
    ["a deny of another", [allow("*", "*"), deny("ssm:*", "*")], "allowed"],
    [
      "a deny with NotAction",
      [allow("*", "*"), { Effect: "Deny", NotAction: "iam:*", Resource: "*" }],
      "explicit-deny-in-identity-policy",
    ],
    [
      "a condition that holds",
      [allow(read, "*", { Condition: { StringEquals: { "aws:username": "ana" } } })],
      "allowed",
    ],
    [
      "one that fails",
      [allow(read, "*", { Condition: { StringEquals: { "aws:username": "bob" } } })],
      "no-identity-policy",
    ],
    [
      "one of two lines fails",
      [
        allow(read, "*", {
          Condition: { StringEquals: { "aws:username": "ana", "aws:userid": "x" } },
        }),
      ],
      "no-identity-policy",
    ],
    [
      "a deny whose condition fails",
      [
        allow("*", "*"),
        deny("*", "*", { Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ],
      "allowed",
    ],
  ])("%s", (_, statements, expected) => {
    expect(reason(user(statements), read, secret())).toBe(expected);
  });

  it("give nothing for a resource of another account", () => {
    const theirs = secret({ accountId: otherAccount });
    expect(reason(user([allow("*", "*")]), read, theirs)).toBe("no-resource-policy");
    expect(reason(root(), read, theirs)).toBe("no-resource-policy");
  });

  it("are not enough where the resource has to have a policy", () => {
    const bare = secret({ isPolicyRequired: true });
    expect(reason(user([allow("*", "*")]), read, bare)).toBe("no-resource-policy");
    expect(reason(root(), read, bare)).toBe("no-resource-policy");
  });
});

describe("the account root", () => {
  it("may do everything in its account", () => {
    expect(reason(root(), read, secret())).toBe("allowed");
    expect(reason(root(), "sts:AssumeRole", key(grant({ AWS: account })))).toBe("allowed");
  });

  it("may not do what a key or trust policy leaves out or denies", () => {
    expect(reason(root(), "kms:Decrypt", key(grant({ AWS: ana })))).toBe("no-resource-policy");
    const denying = guarded({}, deny("*", "*", { Principal: "*" }));
    expect(reason(root(), read, denying)).toBe("explicit-deny-in-resource-policy");
  });

  it("may assume roles elsewhere that trust its account", () => {
    const role = key(grant({ AWS: otherAccount }));
    expect(reason(root(otherAccount), "sts:AssumeRole", role)).toBe("allowed");
  });
});

describe("resource policies within the account", () => {
  it.each<[string, Resource, string, string]>([
    // resource, without identity policy, with one
    ["no policy", secret(), "no-identity-policy", "allowed"],
    ["naming the caller", guarded({}, grant({ AWS: ana })), "allowed", "allowed"],
    ["naming everyone", guarded({}, grant("*")), "allowed", "allowed"],
    ["naming the account", guarded({}, grant({ AWS: owner })), "no-identity-policy", "allowed"],
    ["naming another", guarded({}, grant({ AWS: stranger.arn })), "no-identity-policy", "allowed"],
    [
      "denying the caller",
      guarded({}, deny("*", "*", { Principal: { AWS: ana } })),
      "explicit-deny-in-resource-policy",
      "explicit-deny-in-resource-policy",
    ],
    [
      "denying the account",
      guarded({}, deny("*", "*", { Principal: { AWS: account } })),
      "explicit-deny-in-resource-policy",
      "explicit-deny-in-resource-policy",
    ],
    [
      "denying another",
      guarded({}, deny("*", "*", { Principal: { AWS: stranger.arn } })),
      "no-identity-policy",
      "allowed",
    ],
    ["a key for the caller", key(grant({ AWS: ana })), "allowed", "allowed"],
    ["a key for the account", key(grant({ AWS: owner })), "no-identity-policy", "allowed"],
    ["a key for the account's id", key(grant({ AWS: account })), "no-identity-policy", "allowed"],
    [
      "a key for another",
      key(grant({ AWS: stranger.arn })),
      "no-resource-policy",
      "no-resource-policy",
    ],
    [
      "a key for a service",
      key(grant({ Service: "ec2.amazonaws.com" })),
      "no-resource-policy",
      "no-resource-policy",
    ],
    [
      "a key for a web identity",
      key(grant({ Federated: "accounts.google.com" })),
      "no-resource-policy",
      "no-resource-policy",
    ],
    [
      "a key under a condition",
      key(
        grant("*", {
          Condition: { StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" } },
        }),
      ),
      "no-resource-policy",
      "no-resource-policy",
    ],
  ])("%s", (_, resource, alone, withIdentity) => {
    expect(reason(user(), read, resource)).toBe(alone);
    expect(reason(user([allow(read, "*")]), read, resource)).toBe(withIdentity);
  });

  it("know a session by itself, its role and its account", () => {
    const names = [session().arn, session().roleArn, "*"];
    for (const AWS of names) expect(reason(session(), read, key(grant({ AWS })))).toBe("allowed");
    const other = `arn:aws:sts::${account}:assumed-role/web/i-2`;
    expect(reason(session(), read, key(grant({ AWS: other })))).toBe("no-resource-policy");
    expect(reason(session(), read, key(grant({ AWS: account })))).toBe("no-identity-policy");
  });

  it("decide by what the operation says", () => {
    const viaService = { StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" } };
    const guardedKey = key(grant("*", { Condition: viaService }));
    const keys = { "kms:ViaService": "ssm.us-east-1.amazonaws.com" };
    expect(reason(user(), "kms:Decrypt", guardedKey, keys)).toBe("allowed");
  });

  it("know a service by its name", () => {
    const service = user([], { type: "AWSService", arn: "rotation.claviger.amazonaws.com" });
    const named = key(grant({ Service: "rotation.claviger.amazonaws.com" }));
    expect(reason(service, read, named)).toBe("allowed");
    expect(reason(service, read, key(grant("*")))).toBe("no-resource-policy");
  });
});

describe("resource policies across accounts", () => {
  const eve = (...policies: object[]) => user(policies, stranger);
  it.each<[string, Resource, string, string]>([
    ["no policy", secret(), "no-identity-policy", "no-resource-policy"],
    [
      "naming the caller",
      guarded({}, grant({ AWS: stranger.arn })),
      "no-identity-policy",
      "allowed",
    ],
    [
      "naming the caller's account",
      guarded({}, grant({ AWS: otherAccount })),
      "no-identity-policy",
      "allowed",
    ],
    ["naming everyone", guarded({}, grant("*")), "no-identity-policy", "allowed"],
    [
      "naming the owner",
      guarded({}, grant({ AWS: owner })),
      "no-identity-policy",
      "no-resource-policy",
    ],
    ["a key for the caller", key(grant({ AWS: stranger.arn })), "no-identity-policy", "allowed"],
  ])("%s", (_, resource, alone, withIdentity) => {
    expect(reason(eve(), read, resource)).toBe(alone);
    expect(reason(eve(allow(read, "*")), read, resource)).toBe(withIdentity);
  });
});

describe("Deny with NotPrincipal", () => {
  const exempt = (...AWS: string[]) =>
    guarded({}, { Effect: "Deny", NotPrincipal: { AWS }, Action: "*", Resource: "*" });
  const denied = "explicit-deny-in-resource-policy";
  const { arn, roleArn = "" } = session();

  it("exempts only whom it lists by every name", () => {
    expect(reason(user([allow("*", "*")]), read, exempt(ana))).toBe(denied);
    expect(reason(user([allow("*", "*")]), read, exempt(owner))).toBe(denied);
    expect(reason(user([allow("*", "*")]), read, exempt(owner, ana))).toBe("allowed");
    expect(reason(session([allow("*", "*")]), read, exempt(owner, roleArn))).toBe(denied);
    expect(reason(session([allow("*", "*")]), read, exempt(owner, arn))).toBe(denied);
    expect(reason(session([allow("*", "*")]), read, exempt(owner, roleArn, arn))).toBe("allowed");
    expect(reason(root(), read, exempt(owner))).toBe("allowed");
    expect(reason(root(), read, exempt(ana))).toBe(denied);
  });
});
