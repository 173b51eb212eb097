/**
 * How identity, boundary, session and resource policies intersect.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import { describe, expect, it } from "vitest";
import { compilePolicy } from "./compile.ts";
import { decide } from "./decide.ts";
import {
  account,
  allow,
  circumstances,
  deny,
  documentOf,
  identityPolicy,
  otherAccount,
  read,
  secret,
  session,
  user,
} from "./policies.fixture.ts";
import type { Principal, Resource } from "./types.ts";

const everything = allow("*", "*");
const other = allow("ssm:*", "*");

const bounded = (...statements: object[]) => ({
  boundary: compilePolicy(documentOf(...statements), "identity"),
});
const scoped = (...statements: object[]) => ({ sessionPolicies: statements.map(identityPolicy) });

function reason(principal: Principal, resource: Resource = secret()) {
  return decide(principal, read, resource, circumstances).reason;
}

/** A secret whose own policy lets this principal in. */
function open(AWS: string | string[], changes: Partial<Resource> = {}): Resource {
  const statement = allow("*", "*", { Principal: { AWS } });
  return secret({ policy: compilePolicy(documentOf(statement), "resource"), ...changes });
}

describe("a permissions boundary", () => {
  it("gives nothing, and takes what it leaves out", () => {
    expect(reason(user([], bounded(everything)))).toBe("no-identity-policy");
    expect(reason(user([everything], bounded(everything)))).toBe("allowed");
    expect(reason(user([everything], bounded(other)))).toBe("no-boundary");
    expect(reason(session([everything], bounded(other)))).toBe("no-boundary");
  });

  it("denies explicitly whoever allows", () => {
    const denying = bounded(everything, deny(read, "*"));
    expect(reason(user([everything], denying))).toBe("explicit-deny-in-boundary");
    expect(reason(user([], denying), open(user().arn))).toBe("explicit-deny-in-boundary");
  });
});

describe("session policies", () => {
  it("give nothing, and take what all of them leave out", () => {
    expect(reason(session([], scoped(everything)))).toBe("no-identity-policy");
    expect(reason(session([everything], scoped(other)))).toBe("no-session-policy");
    expect(reason(session([everything], scoped(other, everything)))).toBe("allowed");
    expect(reason(session([everything], { ...scoped(everything), ...bounded(other) }))).toBe(
      "no-boundary",
    );
  });

  it("deny explicitly", () => {
    expect(reason(session([everything], scoped(everything, deny(read, "*"))))).toBe(
      "explicit-deny-in-session-policy",
    );
  });
});

describe("a resource policy of the same account", () => {
  const { arn, roleArn = "" } = session();
  const narrow = { ...bounded(other), ...scoped(other) };

  it("that names a user is bounded by nothing implicit", () => {
    expect(reason(user([], bounded(other)), open(user().arn))).toBe("allowed");
  });

  it("that names a session, or everyone, is bounded by nothing implicit", () => {
    for (const AWS of [arn, "*"]) expect(reason(session([], narrow), open(AWS))).toBe("allowed");
  });

  it("that names a role is bounded by its boundary and the session's policies", () => {
    expect(reason(session(), open(roleArn))).toBe("allowed");
    expect(reason(session([], bounded(other)), open(roleArn))).toBe("no-boundary");
    expect(reason(session([], scoped(other)), open(roleArn))).toBe("no-session-policy");
    expect(
      reason(session([], { ...bounded(everything), ...scoped(everything) }), open(roleArn)),
    ).toBe("allowed");
  });

  it("that names role and session goes as far as the session", () => {
    expect(reason(session([], narrow), open([roleArn, arn]))).toBe("allowed");
  });

  it("that names the account is bounded by all that the account says", () => {
    expect(reason(session([everything], narrow), open(account))).toBe("no-boundary");
    expect(reason(session([], narrow), open(account))).toBe("no-identity-policy");
  });

  it("of a role or key is bounded in the same way", () => {
    const key = { isPolicyRequired: true };
    expect(reason(session([], narrow), open(arn, key))).toBe("allowed");
    expect(reason(session([], narrow), open(roleArn, key))).toBe("no-boundary");
    expect(reason(session([everything], scoped(other)), open(account, key))).toBe(
      "no-session-policy",
    );
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
describe("a resource policy of another account", () => {
  it("is bounded by everything the caller's account says, whomever it names", () => {
    const there = { accountId: otherAccount };
    for (const AWS of [session().arn, session().roleArn ?? "", account, "*"]) {
      const theirs = open(AWS, there);
      expect(reason(session([everything]), theirs)).toBe("allowed");
      expect(reason(session(), theirs)).toBe("no-identity-policy");
      expect(reason(session([everything], bounded(other)), theirs)).toBe("no-boundary");
      expect(reason(session([everything], scoped(other)), theirs)).toBe("no-session-policy");
    }
  });
});

describe("a Deny with NotPrincipal", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
  it("exempts nobody who has a boundary", () => {
    for (const AWS of [[user().arn, account], "*"]) {
      const statement = { Effect: "Deny", NotPrincipal: { AWS }, Action: "*", Resource: "*" };
      const guarded = secret({ policy: compilePolicy(documentOf(statement), "resource") });
      expect(reason(user([everything]), guarded)).toBe("allowed");
      expect(reason(user([everything], bounded(everything)), guarded)).toBe(
        "explicit-deny-in-resource-policy",
      );
    }
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe("principals that come from no account", () => {
  const provider = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
  const stranger = user([], { type: "WebIdentity", accountId: "", federatedProvider: provider });
  const service = user([], { type: "AWSService", arn: "rotation.claviger.amazonaws.com" });
  const action = "sts:AssumeRoleWithWebIdentity";
  const role = (Effect: string, Principal: object | "*") => ({
    ...secret({ isPolicyRequired: true }),
    policy: compilePolicy(documentOf({ Effect, Principal, Action: action }), "trust"),
  });
  const trusted = (resource: Resource, principal = stranger) =>
    decide(principal, action, resource, circumstances).reason;

  it("are let in by the resource's policy alone, if it names their provider", () => {
    expect(trusted(role("Allow", { Federated: provider }))).toBe("allowed");
    expect(trusted(role("Allow", { Federated: `${provider}.other` }))).toBe("no-resource-policy");
    expect(trusted(role("Allow", "*"))).toBe("no-resource-policy");
    expect(trusted(role("Allow", { AWS: account }))).toBe("no-resource-policy");
    expect(trusted(secret())).toBe("no-resource-policy");
  });

  it("are denied with everybody else", () => {
    for (const principal of [stranger, service]) {
      expect(trusted(role("Deny", "*"), principal)).toBe("explicit-deny-in-resource-policy");
    }
  });

  it("have none of the keys that tell of an account", () => {
    const keys = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:userid", "aws:PrincipalOrgID"];
    for (const key of keys) {
      const Condition = { Null: { [key]: "true" } };
      const statement = {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: action,
        Condition,
      };
      const policy = compilePolicy(documentOf(statement), "trust");
      expect(trusted(secret({ policy })), key).toBe("allowed");
    }
  });
});

describe("a unique id", () => {
  it("names its user, or every session of its role", () => {
    const [id, roleId] = ["AIDAEXAMPLEANA234567", "AROAEXAMPLEWEB234567"];
    const web = session([], { principalId: `${roleId}:i-1` });
    expect(reason(user([], { principalId: id }), open(id))).toBe("allowed");
    expect(reason(user(), open(id))).toBe("no-identity-policy");
    expect(reason(web, open(roleId))).toBe("allowed");
    expect(reason({ ...web, ...bounded(other) }, open(roleId))).toBe("no-boundary");
    expect(reason(session(), open(roleId))).toBe("no-identity-policy");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity
describe("an identity provider in a resource policy", () => {
  const provider = `arn:aws:iam::${account}:oidc-provider/idp.example.com`;
  const vouchedFor = { sessionKeys: { "aws:federatedprovider": provider } };
  const grant = { Principal: { Federated: provider } };
  const policy = compilePolicy(documentOf(allow("*", "*", grant)), "resource");

  it("stands for the sessions that it vouched for, within their bounds", () => {
    expect(reason(session([], vouchedFor), secret({ policy }))).toBe("allowed");
    expect(reason(session([], { ...vouchedFor, ...bounded(other) }), secret({ policy }))).toBe(
      "no-boundary",
    );
    expect(reason(session(), secret({ policy }))).toBe("no-identity-policy");
  });

  it("stands for no session in a trust policy", () => {
    const statement = { Effect: "Allow", Action: "sts:*", ...grant };
    const trust = compilePolicy(documentOf(statement), "trust");
    const role = secret({ policy: trust, isPolicyRequired: true });
    const caller = session([everything], vouchedFor);
    expect(decide(caller, "sts:AssumeRole", role, circumstances).reason).toBe("no-resource-policy");
  });
});
