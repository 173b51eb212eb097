import { describe, expect, it } from "vitest";
import { compilePolicy, type PolicyKind } from "../compile.ts";

const ana = "arn:aws:iam::123456789012:user/ana";
const trust = { Effect: "Allow", Principal: { AWS: ana }, Action: "sts:AssumeRole" };
const key = { Effect: "Allow", Principal: { AWS: ana }, Action: "kms:*", Resource: "*" };

function problemOf(document: unknown, kind: PolicyKind): unknown {
  try {
    compilePolicy(typeof document === "string" ? document : JSON.stringify(document), kind);
    return undefined;
  } catch (error) {
    return error;
  }
}

const trusting = (changes: object) => ({ Statement: { ...trust, ...changes } });
const invalidPrincipal = (named: string) => `Invalid principal in policy: ${named}`;

describe("trust policies are refused as IAM refuses them", () => {
  it.each<[string, unknown]>([
    ["This policy contains invalid Json", "no json"],
    ["This policy contains invalid Json", '{"Statement":[],"Statement":[]}'],
    ["The policy must contain a valid version string", { ...trusting({}), Version: "2013-10-17" }],
    ["Could not parse the policy: Statement is empty!", { Version: "2012-10-17" }],
    ["Could not parse the policy: Statement is empty!", { Statement: [] }],
    [
      "The Statement Ids in the policy are not unique",
      {
        Statement: [
          { ...trust, Sid: "a" },
          { ...trust, Sid: "a" },
        ],
      },
    ],
    ["Missing required field Effect", { Statement: { Principal: "*", Action: "sts:AssumeRole" } }],
    ["Invalid effect: allow", trusting({ Effect: "allow" })],
    [
      "Missing required field Principal",
      { Statement: { Effect: "Allow", Action: "sts:AssumeRole" } },
    ],
    ["Missing required field Principal cannot be empty!", trusting({ Principal: {} })],
    ["Missing required field Principal cannot be empty!", trusting({ Principal: { AWS: [] } })],
    ["Principal must be a JSON object.", trusting({ Principal: ana })],
    [invalidPrincipal('"Role"'), trusting({ Principal: { Role: ana } })],
    [invalidPrincipal('"constructor"'), trusting({ Principal: { constructor: ana } })],
    [
      invalidPrincipal('"AWS":"arn:aws:iam::*:root"'),
      trusting({ Principal: { AWS: "arn:aws:iam::*:root" } }),
    ],
    [
      invalidPrincipal('"AWS":"arn:aws:iam::123456789012:user/*"'),
      trusting({ Principal: { AWS: [ana, "arn:aws:iam::123456789012:user/*"] } }),
    ],
    [
      invalidPrincipal('"SERVICE":"codepipeline"'),
      trusting({ Principal: { Service: "codepipeline" } }),
    ],
    [invalidPrincipal('"FEDERATED":"x y"'), trusting({ Principal: { Federated: "x y" } })],
    [
      "Allow with NotPrincipal is not allowed.",
      { Statement: { Effect: "Allow", NotPrincipal: { AWS: ana }, Action: "sts:AssumeRole" } },
    ],
    [
      "AssumeRole policy must not contain NotPrincipal field.",
      { Statement: { Effect: "Deny", NotPrincipal: { AWS: ana }, Action: "sts:AssumeRole" } },
    ],
    ["Missing required field Action", { Statement: { Effect: "Allow", Principal: "*" } }],
    ["AssumeRole policy may only specify STS AssumeRole actions.", trusting({ Action: "*" })],
    [
      "AssumeRole policy may only specify STS AssumeRole actions.",
      trusting({ Action: ["sts:AssumeRole", "s3:GetObject"] }),
    ],
    [
      "AssumeRole policy may only specify STS AssumeRole actions.",
      trusting({ Action: "sts:TagSessions" }),
    ],
    [
      "AssumeRole policy may only specify STS AssumeRole actions.",
      trusting({ Action: "sts:Get*" }),
    ],
    ["Has prohibited field Resource", trusting({ Resource: "*" })],
    ["AssumeRole policy must not contain resources.", trusting({ NotResource: "*" })],
    ["Syntax error in policy.", trusting({ Extra: 1 })],
    ["Syntax error in policy.", trusting({ Condition: { StringEqual: { a: "b" } } })],
    ["Syntax error in policy.", trusting({ Condition: { Bool: { a: "b" } } })],
    ["Syntax error in policy.", trusting({ NotPrincipal: "*" })],
  ])("%s", (message, document) => {
    expect(problemOf(document, "trust")).toMatchObject({
      code: "MalformedPolicyDocument",
      message,
    });
  });

  it.each<[string, unknown]>([
    ["everyone", "*"],
    ["an account", { AWS: "123456789012" }],
    ["the account root", { AWS: "arn:aws:iam::123456789012:root" }],
    ["a session", { AWS: "arn:aws:sts::123456789012:assumed-role/web/i-1" }],
    ["a service", { Service: ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"] }],
    [
      "an OIDC provider",
      { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
    ],
    ["a web identity", { Federated: "accounts.google.com" }],
  ])("%s may be trusted", (_, Principal) => {
    expect(problemOf(trusting({ Principal }), "trust")).toBeUndefined();
  });
});

it.each(["sts:assumerole", "sts:TagSession", "sts:AssumeRole*", "sts:*"])(
  "a role may be trusted to do %s",
  (Action) => {
    expect(problemOf(trusting({ Action }), "trust")).toBeUndefined();
  },
);

describe("resource policies", () => {
  it.each<[string, object]>([
    ["Missing required field Resource", { Resource: undefined }],
    [
      "Allow with NotPrincipal is not allowed.",
      { Principal: undefined, NotPrincipal: { AWS: ana } },
    ],
    [
      'Invalid principal in policy: "CanonicalUser"',
      {
        Principal: {
          CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
        },
      },
    ],
    ["Vendor a a is not valid", { Action: "a a:b" }],
    ['Resource key must be in ARN format or "*".', { Resource: "key" }],
  ])("%s", (message, changes) => {
    const document = { Statement: { ...key, ...changes } };
    expect(problemOf(document, "resource")).toMatchObject({ message });
  });

  it("may name users and roles by their unique ids, which trust policies may not", () => {
    const Principal = { AWS: ["AIDAQ3EGRWVQZ2EXAMPLE", "AROAQ3EGRWVQZ2EXAMPLE"] };
    expect(problemOf({ Statement: { ...key, Principal } }, "resource")).toBeUndefined();
    expect(problemOf(trusting({ Principal }), "trust")).toMatchObject({
      message: 'Invalid principal in policy: "AWS":"AIDAQ3EGRWVQZ2EXAMPLE"',
    });
  });
});
