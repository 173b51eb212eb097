import { describe, expect, it } from "vitest";
import { dueAt, nextDue, type Policy, readPolicies, statusOf } from "./policies.ts";

const at = (text: string) => Date.parse(text);
const policy = (Type: string, Attributes: unknown, Version: unknown = "1.0") => ({
  Type,
  Version,
  Attributes,
});
const expiration = (Timestamp: unknown) => policy("Expiration", { Timestamp });
const before = (Before: unknown, Unit: unknown = "Days") =>
  policy("ExpirationNotification", { Before, Unit });
const unchanged = (After: unknown, Unit: unknown = "Days") =>
  policy("NoChangeNotification", { After, Unit });
const end = expiration("2030-06-01T00:00:00.000Z");

const read = (...policies: readonly unknown[]) => readPolicies(JSON.stringify(policies));

describe("policies", () => {
  it("are kept as they were sent, without the spaces", () => {
    const text =
      '[ { "Type": "NoChangeNotification", "Version": "1.0", "Attributes": { "After": "20", "Unit": "Days" } } ]';
    expect(readPolicies(text).map((each) => each.text)).toEqual([
      '{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"20","Unit":"Days"}}',
    ]);
  });

  it.each([
    ["2018-12-02T21:34:33.000Z", "2018-12-02T21:34:33Z"],
    ["2020-07-07T22:30:00Z", "2020-07-07T22:30:00Z"],
    ["2019-11-01T22:13:48.87+10:30:00", "2019-11-01T11:43:48.870Z"],
    ["2019-11-01T22:13-02:00", "2019-11-02T00:13:00Z"],
  ])("end at %s", (given, expected) => {
    expect(read(expiration(given))[0]?.milliseconds).toBe(at(expected));
  });

  it.each([
    ["not JSON", "x", "ValidationError", "Invalid policies input: x."],
    ["no array", "{}", "ValidationError", "Invalid policies input: {}."],
    ["no objects", "[1]", "ValidationError", "Invalid policies input: [1]."],
    [
      "eleven",
      JSON.stringify([end, ...Array.from({ length: 10 }, (_, day) => before(day + 1))]),
      "PoliciesLimitExceededException",
      "Number of policies attached to a parameter cannot exceed 10",
    ],
  ])("are refused: %s", (_, text, code, message) => {
    expect(() => readPolicies(text)).toThrow(expect.objectContaining({ code, message }));
  });

  const attribute = "InvalidPolicyAttributeException";
  it.each([
    [[policy("Expire", {})], "InvalidPolicyTypeException", "Policy type Expire is not supported."],
    [
      [policy("constructor", {})],
      "InvalidPolicyTypeException",
      "Policy type constructor is not supported.",
    ],
    [[{ Version: "1.0" }], attribute, "Mandatory policy attribute Type is missing."],
    [[{ ...end, Version: "2.0" }], attribute, "Unsupported policy version."],
    [
      [policy("Expiration", undefined)],
      attribute,
      "Mandatory policy attribute Attributes is missing.",
    ],
    [
      [policy("Expiration", {})],
      attribute,
      "A valid Expiration policy must have an attribute of Timestamp.",
    ],
    [[expiration("2030-02-30T00:00:00Z")], attribute, "Invalid timestamp format"],
    [[expiration("2030-01-01")], attribute, "Invalid timestamp format"],
    [[expiration(1_900_000_000)], attribute, "Invalid timestamp format"],
    [
      [end, policy("ExpirationNotification", { Unit: "Days" })],
      attribute,
      "Mandatory policy attribute Before is missing.",
    ],
    [
      [policy("NoChangeNotification", { After: "1" })],
      attribute,
      "Mandatory policy attribute Unit is missing.",
    ],
    [[unchanged("0")], attribute, "Attribute After must be a positive integer."],
    [[end, before("1.5")], attribute, "Attribute Before must be a positive integer."],
    [[unchanged("1", "Weeks")], attribute, "Supported time units: DAYS HOURS"],
    [[{ ...end, Other: 1 }], attribute, "Policy attribute Other is not supported."],
    [[end, end], "IncompatiblePolicyException", "There can be only one expiration policy"],
    [
      [before("1")],
      "IncompatiblePolicyException",
      "Expiration notification policies are missing expiration policy",
    ],
  ])("are refused: %j", (policies, code, message) => {
    expect(() => read(...policies)).toThrow(expect.objectContaining({ code, message }));
  });

  it("are none where the empty policy is sent", () => {
    expect(readPolicies("[{}]")).toEqual([]);
    expect(readPolicies("[]")).toEqual([]);
  });
});

describe("a policy's moment", () => {
  const modifiedAt = at("2030-01-01T00:00:00Z");
  const policies = read(end, before("30"), before(12, "hours"), unchanged("20"));
  const record = { policies, modifiedAt };

  it("is reckoned from the end and from the last change", () => {
    expect(policies.map((each) => new Date(dueAt(each, record)).toISOString())).toEqual([
      "2030-06-01T00:00:00.000Z",
      "2030-05-02T00:00:00.000Z",
      "2030-05-31T12:00:00.000Z",
      "2030-01-21T00:00:00.000Z",
    ]);
    expect(nextDue(record)).toBe(at("2030-01-21T00:00:00Z"));
    expect(nextDue({ modifiedAt })).toBeUndefined();
  });

  it("passes once; a change begins another", () => {
    const due = at("2030-01-21T00:00:00Z");
    const told = { ...(policies[3] as Policy), given: due };
    expect(statusOf(told, record, due)).toBe("Finished");
    expect(nextDue({ policies: [told], modifiedAt })).toBeUndefined();
    expect(statusOf(told, { ...record, modifiedAt: modifiedAt + 1 }, due)).toBe("Pending");
    expect(statusOf(policies[3] as Policy, record, due)).toBe("InProgress");
    expect(statusOf(policies[3] as Policy, record, due - 1)).toBe("Pending");
  });
});
