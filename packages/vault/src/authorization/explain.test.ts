import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { AccessDenied, traceOf } from "./access-denied.ts";
import { authorize } from "./authorize.ts";
import { compilePolicy } from "./compile.ts";
import { explain, type Trace } from "./explain.ts";
import {
  allow,
  circumstances,
  deny,
  documentOf,
  otherAccount,
  read,
  secret,
  session,
  user,
} from "./policies.fixture.ts";
import type { Principal, Resource } from "./types.ts";

function traced(principal: Principal, resource: Resource = secret(), keys = {}): Trace {
  return explain(principal, read, resource, circumstances, keys);
}

function outcomes(trace: Trace): unknown[] {
  return trace.policies.map(({ kind, statements }) => [
    kind,
    ...statements.map(({ outcome }) => outcome),
  ]);
}

const named = (name: string, ...statements: object[]) =>
  compilePolicy(documentOf(...statements), "identity", {}, name);

describe("a trace", () => {
  it("says of each statement what keeps it from applying", () => {
    const ana = user([], {
      policies: [
        named(
          "inline policy reading of user ana",
          allow("ssm:*", "*"),
          allow(read, "arn:aws:secretsmanager:*:*:secret:test/*"),
          allow(read, "*", { Condition: { StringEquals: { "aws:username": "bob" } } }),
          allow(read, "*"),
        ),
      ],
    });
    const trace = traced(ana);
    expect(trace).toMatchObject({ isAllowed: true, reason: "allowed", resource: secret().arn });
    expect(trace.policies[0]?.name).toBe("inline policy reading of user ana");
    expect(outcomes(trace)).toEqual([
      ["identity", "other-action", "other-resource", "condition-fails", "applies"],
    ]);
  });

  it("goes through identity, boundary, session and resource policies", () => {
    const bounded = session([allow(read, "*")], {
      boundary: named("arn:aws:iam::123456789012:policy/bounds", allow("ssm:*", "*")),
      sessionPolicies: [named("session policy", allow(read, "*"))],
    });
    const resource = secret({
      policy: compilePolicy(
        documentOf(
          allow(read, "*", { Principal: { AWS: otherAccount } }),
          deny(read, "*", { NotPrincipal: { AWS: "*" } }),
        ),
        "resource",
      ),
    });
    const trace = traced(bounded, resource);
    expect(trace.reason).toBe("explicit-deny-in-resource-policy");
    expect(outcomes(trace)).toEqual([
      ["identity", "applies"],
      ["boundary", "other-action"],
      ["session", "applies"],
      ["resource", "other-principal", "applies"],
    ]);
  });

  it("shows each condition with what was expected and what there was", () => {
    const Condition = {
      StringLike: { "aws:PrincipalTag/team": ["${aws:username}", "x*"] },
      "ForAnyValue:StringEqualsIfExists": { "aws:TagKeys": "env" },
      Null: { "aws:TokenIssueTime": true },
    };
    const ana = user([allow(read, "*", { Condition })], { tags: { team: "blue" } });
    const [policy] = traced(ana, secret(), { "aws:TagKeys": ["env", "team"] }).policies;
    expect(policy?.statements[0]?.conditions).toEqual([
      {
        operator: "StringLike",
        key: "aws:PrincipalTag/team",
        expected: ["${aws:username}", "x*"],
        actual: ["blue"],
        holds: false,
      },
      {
        operator: "ForAnyValue:StringEqualsIfExists",
        key: "aws:TagKeys",
        expected: ["env"],
        actual: ["env", "team"],
        holds: true,
      },
      {
        operator: "Null",
        key: "aws:TokenIssueTime",
        expected: ["true"],
        actual: undefined,
        holds: true,
      },
    ]);
  });

  it("quotes what a statement names, and says where it stands", () => {
    const policy = compilePolicy(
      '{"Version":"2012-10-17","Statement":[{"Sid":"s","Effect":"Deny","NotAction":"ssm:*","NotResource":["arn:aws:ssm:*","*"],"Principal":{"AWS":"*"}}]}',
      "resource",
    );
    expect(traced(user(), secret({ policy })).policies[0]?.statements[0]).toEqual({
      index: 0,
      sid: "s",
      effect: "Deny",
      outcome: "other-resource",
      written: { NotAction: ["ssm:*"], NotResource: ["arn:aws:ssm:*", "*"], Principal: ["*"] },
      start: { line: 1, column: 38 },
      end: { line: 1, column: 145 },
    });
  });
});

describe("a denial", () => {
  const denied = (): unknown => {
    try {
      return authorize(user([allow("ssm:*", "*")]), read, secret(), circumstances);
    } catch (thrown) {
      return thrown;
    }
  };

  it("carries its trace", () => {
    const thrown = denied();
    expect(thrown).toBeInstanceOf(AccessDenied);
    expect(traceOf(thrown)).toMatchObject({
      isAllowed: false,
      reason: "no-identity-policy",
      principal: { arn: user().arn, accountId: user().accountId, principalId: "AIDAEXAMPLEANA" },
      action: read,
    });
  });

  it("is found behind an error that passes it on", () => {
    const passedOn = new ApiError("AccessDenied", "Access to KMS is not allowed", {
      cause: denied(),
    });
    expect(traceOf(passedOn)?.action).toBe(read);
    expect(traceOf(new ApiError("AccessDenied", "No access to reserved name"))).toBeUndefined();
    expect(traceOf(new Error("other", { cause: denied() }))).toBeUndefined();
  });
});
