// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written so.
import { describe, expect, it } from "vitest";
import { circumstances, secret, session, user } from "../policies.fixture.ts";
import { RequestContext } from "../request-context.ts";
import type { ConditionKeys, Principal } from "../types.ts";
import { compileCondition, parseOperator } from "./condition.ts";

interface Context {
  readonly keys?: ConditionKeys;
  readonly principal?: Principal;
}

/** Whether `{name: {key: operands}}` holds; undefined if it can't be understood. */
function holds(name: string, key: string, operands: string[], context: Context = {}) {
  const operator = parseOperator(name);
  if (operator === undefined) return undefined;
  const condition = compileCondition({ operator, key, operands }, true);
  const { principal = user(), keys = {} } = context;
  const resource = secret({ tags: { team: "blue" } });
  return condition?.holds(
    new RequestContext(principal, "ssm:PutParameter", resource, circumstances, keys),
  );
}

const given = (x: string | string[]) => ({ keys: { "test:X": x } });

/** operator, operands, a value that meets one of them, a value that meets none. */
const operators: [string, string[], string, string][] = [
  ["StringEquals", ["a", "b"], "b", "B"],
  ["StringEqualsIgnoreCase", ["a", "b"], "B", "c"],
  ["StringLike", ["x*", "?y"], "xyz", "zzy"],
  ["StringLike", ["a${*}b"], "a*b", "axb"],
  ["ArnLike", ["arn:aws:sns:*:*:a*"], "arn:aws:sns:eu-west-1:1:abc", "arn:aws:sqs:eu-west-1:1:abc"],
  ["ArnEquals", ["arn:aws:sns:*:*:a*"], "arn:aws:sns:x:1:a", "arn:aws:sns:x:1:b"],
  ["NumericEquals", ["10", "20"], "20.0", "30"],
  ["DateEquals", ["2026-01-02"], "1767312000", "2026-01-02T00:00:01Z"],
  ["IpAddress", ["10.0.0.0/8", "192.168.1.1"], "10.9.9.9", "11.0.0.0"],
];

const positiveOnly: [string, string[], string, string][] = [
  ["Bool", ["true"], "TRUE", "false"],
  ["BinaryEquals", ["QUJD"], "QUJD", "QUJE"],
  ["NumericLessThan", ["10"], "9.99", "10"],
  ["NumericLessThanEquals", ["10"], "10", "10.01"],
  ["NumericGreaterThan", ["10"], "11", "10"],
  ["NumericGreaterThanEquals", ["10"], "10", "9"],
  ["DateLessThan", ["2026-01-02T00:00:00Z"], "2026-01-01T23:59:59Z", "2026-01-02"],
  ["DateLessThanEquals", ["2026-01-02T00:00:00Z"], "2026-01-02", "2026-01-02T00:00:01Z"],
  ["DateGreaterThan", ["2026-01-02T00:00:00Z"], "2026-01-02T00:00:01Z", "2026-01-02"],
  ["DateGreaterThanEquals", ["2026-01-02T00:00:00Z"], "2026-01-02", "2026-01-01"],
];

const negated: Record<string, string> = {
  StringEquals: "StringNotEquals",
  StringEqualsIgnoreCase: "StringNotEqualsIgnoreCase",
  StringLike: "StringNotLike",
  ArnLike: "ArnNotLike",
  ArnEquals: "ArnNotEquals",
  NumericEquals: "NumericNotEquals",
  DateEquals: "DateNotEquals",
  IpAddress: "NotIpAddress",
};

describe.each([...operators, ...positiveOnly])("%s %j", (name, operands, met, unmet) => {
  it("compares one value", () => {
    expect(holds(name, "test:X", operands, given(met))).toBe(true);
    expect(holds(name, "test:X", operands, given(unmet))).toBe(false);
    expect(holds(name, "TEST:x", operands, given(met))).toBe(true);
  });

  it("fails where the key is absent, unless IfExists", () => {
    expect(holds(name, "test:Absent", operands)).toBe(false);
    expect(holds(`${name}IfExists`, "test:Absent", operands)).toBe(true);
    expect(holds(`${name}IfExists`, "test:X", operands, given(met))).toBe(true);
    expect(holds(`${name}IfExists`, "test:X", operands, given(unmet))).toBe(false);
  });

  it("compares sets", () => {
    const [all, any] = [`ForAllValues:${name}`, `ForAnyValue:${name}`];
    expect(holds(all, "test:X", operands, given([met, met]))).toBe(true);
    expect(holds(all, "test:X", operands, given([met, unmet]))).toBe(false);
    expect(holds(all, "test:Absent", operands)).toBe(true);
    expect(holds(all, "test:X", operands, given([]))).toBe(true);
    expect(holds(all, "test:X", operands, given(""))).toBe(true);
    expect(holds(any, "test:X", operands, given([met, unmet]))).toBe(true);
    expect(holds(any, "test:X", operands, given([unmet, unmet]))).toBe(false);
    expect(holds(any, "test:Absent", operands)).toBe(false);
    expect(holds(`${any}IfExists`, "test:Absent", operands)).toBe(true);
  });

  it("meets nothing in an empty list of operands", () => {
    expect(holds(name, "test:X", [], given(met))).toBe(false);
  });
});

describe.each(operators)("the negation of %s %j", (positive, operands, met, unmet) => {
  const name = negated[positive] ?? "";

  it("is met where no operand is", () => {
    expect(holds(name, "test:X", operands, given(met))).toBe(false);
    expect(holds(name, "test:X", operands, given(unmet))).toBe(true);
    expect(holds(name, "test:X", [], given(met))).toBe(true);
  });

  it("holds where the key is absent", () => {
    expect(holds(name, "test:Absent", operands)).toBe(true);
    expect(holds(`${name}IfExists`, "test:Absent", operands)).toBe(true);
  });

  it("compares sets", () => {
    expect(holds(`ForAllValues:${name}`, "test:X", operands, given([unmet, unmet]))).toBe(true);
    expect(holds(`ForAllValues:${name}`, "test:X", operands, given([met, unmet]))).toBe(false);
    expect(holds(`ForAnyValue:${name}`, "test:X", operands, given([met, unmet]))).toBe(true);
    expect(holds(`ForAnyValue:${name}`, "test:X", operands, given([met, met]))).toBe(false);
    expect(holds(`ForAnyValue:${name}`, "test:Absent", operands)).toBe(false);
  });
});

describe("an empty string", () => {
  it("is a value like any other, except to ForAllValues", () => {
    expect(holds("StringEquals", "test:X", [""], given(""))).toBe(true);
    expect(holds("StringNotEquals", "test:X", [""], given(""))).toBe(false);
    expect(holds("StringEqualsIfExists", "test:X", ["a"], given(""))).toBe(false);
    expect(holds("ForAnyValue:StringEquals", "test:X", [""], given(""))).toBe(true);
    expect(holds("ForAllValues:StringEquals", "test:X", ["a"], given(""))).toBe(true);
  });
});

describe("Null", () => {
  it("asks whether a key is there", () => {
    expect(holds("Null", "test:X", ["true"])).toBe(true);
    expect(holds("Null", "test:X", ["false"])).toBe(false);
    expect(holds("Null", "test:X", ["true"], given("a"))).toBe(false);
    expect(holds("Null", "test:X", ["false"], given(""))).toBe(true);
    expect(holds("Null", "aws:TokenIssueTime", ["false"], { principal: session() })).toBe(true);
  });
});

describe("what can't be understood", () => {
  it.each([
    "StringEqual",
    "stringEquals",
    "ForAllValue:StringEquals",
    "ForAnyValue::StringEquals",
    "NullIfExists",
    "StringEqualsIfExistsIfExists",
    "IfExists",
    "",
    "constructor",
  ])("%j is no operator", (name) => {
    expect(parseOperator(name)).toBeUndefined();
  });

  it.each([
    ["NumericEquals", "ten"],
    ["DateEquals", "soon"],
    ["Bool", "yes"],
    ["Null", "yes"],
    ["IpAddress", "10.0.0.0/33"],
    ["BinaryEquals", "not base64"],
    ["NumericEquals", "${aws:username}"],
    ["StringEquals", "${aws:username"],
  ])("%s can't compare with %j", (name, operand) => {
    expect(holds(name, "test:X", ["1", operand])).toBeUndefined();
  });

  it.each([
    ["NumericEquals", "NumericNotEquals", "1"],
    ["DateEquals", "DateNotEquals", "1"],
    ["IpAddress", "NotIpAddress", "10.0.0.0/8"],
  ])("a value that is none never meets %s", (positive, negative, operand) => {
    expect(holds(positive, "test:X", [operand], given("none"))).toBe(false);
    expect(holds(negative, "test:X", [operand], given("none"))).toBe(true);
  });
});

describe("condition keys", () => {
  it.each([
    ["aws:PrincipalArn", "arn:aws:iam::123456789012:role/service/web"],
    ["aws:PrincipalAccount", "123456789012"],
    ["aws:PrincipalType", "AssumedRole"],
    ["aws:userid", "AROAEXAMPLEWEB:i-1"],
    ["aws:PrincipalTag/Env", "prod"],
    ["aws:principaltag/env", "prod"],
    ["aws:ResourceTag/team", "blue"],
    ["secretsmanager:ResourceTag/team", "blue"],
    ["ssm:resourceTag/team", "blue"],
    ["aws:ResourceAccount", "123456789012"],
    ["aws:RequestedRegion", "us-east-1"],
    ["aws:SourceIp", "203.0.113.9"],
    ["aws:SecureTransport", "true"],
    ["aws:UserAgent", "aws-cli/2.0"],
    ["aws:CurrentTime", "2026-01-02T03:04:05.678Z"],
    ["aws:EpochTime", "1767323045"],
    ["aws:TokenIssueTime", "2026-01-02T03:04:05.000Z"],
    ["aws:MultiFactorAuthPresent", "false"],
    ["aws:PrincipalIsAWSService", "false"],
    ["aws:ViaAWSService", "false"],
    ["aws:PrincipalOrgID", "o-1234567890"],
    ["aws:ResourceOrgID", "o-1234567890"],
    ["aws:SourceIdentity", "ana"],
    ["aws:FederatedProvider", "arn:aws:iam::123456789012:oidc-provider/idp.example.com"],
  ])("%s is %s", (key, value) => {
    const principal = session([], {
      tags: { Env: "prod" },
      organizationId: "o-1234567890",
      sessionKeys: {
        "aws:sourceidentity": "ana",
        "aws:federatedprovider": "arn:aws:iam::123456789012:oidc-provider/idp.example.com",
      },
    });
    expect(holds("StringEquals", key, [value], { principal })).toBe(true);
  });

  it("tell a service by its name", () => {
    const principal = user([], { type: "AWSService", arn: "rotation.claviger.amazonaws.com" });
    expect(holds("StringEquals", "aws:PrincipalServiceName", [principal.arn], { principal })).toBe(
      true,
    );
    expect(holds("Null", "aws:PrincipalServiceName", ["true"])).toBe(true);
  });

  it.each(["aws:username", "aws:PrincipalTag/other", "aws:PrincipalOrgID", "constructor"])(
    "%s is absent for a session",
    (key) => {
      expect(holds("Null", key, ["true"], { principal: session() })).toBe(true);
    },
  );

  it("can't be overridden by what an operation says", () => {
    const keys = {
      "aws:PrincipalAccount": "999999999999",
      "aws:ResourceTag/team": "red",
      "aws:SourceIdentity": "eve",
    };
    const principal = session([], { sessionKeys: { "aws:sourceidentity": "ana" } });
    expect(holds("StringEquals", "aws:SourceIdentity", ["ana"], { keys, principal })).toBe(true);
    expect(holds("StringEquals", "aws:PrincipalAccount", ["123456789012"], { keys })).toBe(true);
    expect(holds("StringEquals", "aws:ResourceTag/team", ["blue"], { keys })).toBe(true);
  });
});
