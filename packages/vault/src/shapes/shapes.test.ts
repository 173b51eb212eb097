import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import {
  auditable,
  blob,
  boolean,
  integer,
  list,
  map,
  refused,
  required,
  type Shape,
  string,
  structure,
  timestamp,
  validate,
} from "./shapes.ts";

const one = "1 validation error detected: ";

function refusal(of: Shape<unknown>, value: unknown): string {
  try {
    validate(of, value);
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("what AWS says of a broken constraint", () => {
  it("names a required member that is missing or null", () => {
    const input = structure({ SecretId: required(string()) });
    const says = `ValidationError: ${one}Value null at 'secretId' failed to satisfy constraint: Member must not be null`;
    expect(refusal(input, {})).toBe(says);
    expect(refusal(input, { SecretId: null })).toBe(says);
  });

  it("quotes a string with its length, enum or pattern", () => {
    const input = structure({
      RoleArn: string({ min: 20 }),
      Type: string({ enum: ["SecureString", "StringList", "String"] }),
      RoleSessionName: string({ pattern: "[\\w+=,.@-]*" }),
    });
    expect(refusal(input, { RoleArn: "bogus" })).toContain(
      "Value 'bogus' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    );
    expect(refusal(input, { Type: "x" })).toContain(
      "Value 'x' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]",
    );
    expect(refusal(input, { RoleSessionName: "a b" })).toContain(
      "Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    );
  });

  it("reports every broken constraint at once, a value's pattern before its length", () => {
    const input = structure({
      Name: string({ min: 1, pattern: "[a-z]+" }),
      Token: string({ min: 32 }),
    });
    expect(refusal(input, { Name: "", Token: "t" })).toBe(
      "ValidationError: 3 validation errors detected: " +
        "Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+; " +
        "Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
        "Value 't' at 'token' failed to satisfy constraint: Member must have length greater than or equal to 32",
    );
  });

  it("tells the pattern of what is too long too, but tries it on nothing without bounds", () => {
    const input = structure({ AccountId: string({ max: 12, pattern: "\\d{12}" }) });
    const tooLong =
      "failed to satisfy constraint: Member must have length less than or equal to 12";
    const id = "1234567890123";
    expect(refusal(input, { AccountId: id })).toBe(
      "ValidationError: 2 validation errors detected: " +
        `Value '${id}' at 'accountId' failed to satisfy constraint: Member must satisfy regular expression pattern: \\d{12}; ` +
        `Value '${id}' at 'accountId' ${tooLong}`,
    );
    const endless = "1".repeat(2000);
    expect(refusal(input, { AccountId: endless })).toBe(
      `ValidationError: ${one}Value '${endless}' at 'accountId' ${tooLong}`,
    );
  });

  it("bounds numbers", () => {
    const input = structure({ MaxResults: integer({ min: 1, max: 50 }) });
    expect(refusal(input, { MaxResults: 51 })).toBe(
      `ValidationError: ${one}Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50`,
    );
    expect(validate(input, { MaxResults: 1.9 })).toEqual({ MaxResults: 1 });
  });

  it("reports a list's members together, with all of their constraints", () => {
    const input = structure({ Names: list(string({ min: 1, max: 2048 }), { min: 1, max: 10 }) });
    expect(refusal(input, { Names: [""] })).toBe(
      `ValidationError: ${one}Value '[]' at 'names' failed to satisfy constraint: Member must satisfy constraint: ` +
        "[Member must have length less than or equal to 2048, Member must have length greater than or equal to 1]",
    );
    expect(refusal(input, { Names: "abcdefghijk".split("") })).toBe(
      `ValidationError: ${one}Value '[a, b, c, d, e, f, g, h, i, j, k]' at 'names' failed to satisfy constraint: ` +
        "Member must have length less than or equal to 10",
    );
  });

  it("numbers the members of a list of structures from one", () => {
    const tag = structure({ Key: required(string({ min: 1 })), Value: string() });
    expect(refusal(structure({ Tags: list(tag) }), { Tags: [{ Key: "a" }, { Key: "" }] })).toBe(
      `ValidationError: ${one}Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
  });

  it("reports a map's keys and values together", () => {
    const input = structure({ Weights: map(string({ pattern: "[0-9]+" }), string({ max: 3 })) });
    expect(refusal(input, { Weights: { a: "long" } })).toBe(
      "ValidationError: 2 validation errors detected: " +
        "Value '{a=long}' at 'weights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]+]; " +
        "Value '{a=long}' at 'weights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 3]",
    );
  });

  it("never quotes what is sensitive, nor bytes", () => {
    const input = structure({
      SecretString: string({ max: 4, isSensitive: true }),
      SecretBinary: blob({ max: 2, isSensitive: true }),
      CiphertextBlob: blob({ max: 2 }),
      Values: list(string({ max: 1, isSensitive: true })),
    });
    const says = refusal(input, {
      SecretString: "hunter2",
      SecretBinary: "aHVudGVyMg==",
      CiphertextBlob: "aHVudGVyMg==",
      Values: ["hunter2"],
    });
    expect(says).toContain(
      "Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 4",
    );
    expect(says).toContain("Value at 'ciphertextBlob' failed");
    expect(says).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it("stops at ten problems and bounds what it quotes", () => {
    const tags = list(structure({ Key: string({ max: 1 }) }));
    const says = refusal(tags, Array(1000).fill({ Key: "x".repeat(100_000) }));
    expect(says).toContain("10 validation errors detected");
    expect(says.length).toBeLessThan(60_000);
  });
});

describe("what AWS says of a wrong JSON type", () => {
  const input = structure({
    Text: string(),
    Count: integer(),
    Flag: boolean(),
    Bytes: blob(),
    When: timestamp(),
    Items: list(string()),
    Pairs: map(string(), string()),
    Part: structure({ Name: string() }),
  });

  it.each([
    [{ Text: 1 }, "NUMBER_VALUE can not be converted to a String"],
    [{ Text: true }, "TRUE_VALUE can not be converted to a String"],
    [{ Text: ["x"] }, "Start of list found where not expected"],
    [{ Text: {} }, "Start of structure or map found where not expected."],
    [{ Count: "1" }, "STRING_VALUE can not be converted to an Integer"],
    [{ Flag: 0 }, "NUMBER_VALUE can not be converted to a Boolean"],
    [{ Bytes: 1 }, "NUMBER_VALUE can not be converted to a Blob"],
    [{ Bytes: "_" }, "A blob member is not valid base64."],
    [{ When: "soon" }, "STRING_VALUE can not be converted to milliseconds since epoch"],
    [{ When: 1e300 }, "NUMBER_VALUE can not be converted to milliseconds since epoch"],
    [{ Items: "x" }, "Expected list or null"],
    [{ Items: [1] }, "NUMBER_VALUE can not be converted to a String"],
    [{ Items: {} }, "Start of structure or map found where not expected."],
    [{ Pairs: 1 }, "Expected map or null"],
    [{ Pairs: [] }, "Start of list found where not expected"],
    [{ Part: "x" }, "Expected null"],
    [[], "Start of list found where not expected"],
  ])("%j: %s", (value, says) => {
    expect(refusal(input, value)).toBe(`SerializationException: ${says}`);
  });

  it("is told before any constraint", () => {
    const both = structure({ Name: string({ min: 1 }), Count: integer() });
    expect(refusal(both, { Name: "", Count: "1" })).toContain("SerializationException");
  });

  it("refuses half of a surrogate pair, which has no UTF-8", () => {
    expect(refusal(structure({ Text: string() }), { Text: "\ud800" })).toBe(
      "SerializationException: ",
    );
  });
});

describe("decoding", () => {
  it("gives bytes, milliseconds and truth in the operation's form", () => {
    const input = structure({
      Bytes: blob(),
      From: timestamp(),
      Until: timestamp(),
      Flag: boolean(),
    });
    expect(
      validate(input, {
        Bytes: "AAEC",
        From: 1_523_477_145.713,
        Until: "2026-01-02T03:04:05Z",
        Flag: "True",
      }),
    ).toEqual({
      Bytes: Buffer.from([0, 1, 2]),
      From: 1_523_477_145_713,
      Until: Date.UTC(2026, 0, 2, 3, 4, 5),
      Flag: true,
    });
  });

  it("ignores members that are not declared", () => {
    expect(validate(structure({ A: string() }), { A: "a", B: 1 })).toEqual({ A: "a" });
  });

  it("refuses by name what can't be honoured yet", () => {
    const input = structure({ Policy: refused("session policies are not enforced yet.") });
    expect(refusal(input, { Policy: "{}" })).toBe(
      "ValidationError: Policy is not supported by this vault: session policies are not enforced yet.",
    );
    expect(validate(input, { Policy: null })).toEqual({});
  });

  it("keeps magic names as ordinary keys", () => {
    const pairs = validate(map(string(), string()), JSON.parse('{"__proto__":"x"}'));
    expect(Object.entries(pairs)).toEqual([["__proto__", "x"]]);
    expect(Object.getPrototypeOf(pairs)).toBe(Object.prototype);
  });

  it("looks at nothing beyond a list's limit", () => {
    let looked = 0;
    const counting: Shape<string> = {
      ...string(),
      decode(value) {
        looked += 1;
        return String(value);
      },
    };
    refusal(list(counting, { max: 3 }), Array(1000).fill("x"));
    expect(looked).toBe(3);
  });

  it("answers any JSON with a value or an ApiError", () => {
    const input = structure({
      Name: string({ min: 1, max: 8, pattern: "[a-z]*" }),
      Count: integer({ min: 0, max: 9 }),
      When: timestamp(),
      Bytes: blob({ max: 8 }),
      Tags: list(structure({ Key: required(string({ max: 4 })) }), { max: 3 }),
      Context: map(string({ max: 4 }), string({ max: 4 })),
    });
    const member = fc.oneof(fc.jsonValue(), fc.array(fc.record({ Key: fc.jsonValue() })));
    const hostile = fc.record(
      { Name: member, Count: member, When: member, Bytes: member, Tags: member, Context: member },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(hostile, fc.jsonValue()), (value) => {
        expect(refusal(input, value).length).toBeLessThan(50_000);
      }),
    );
  });
});

describe("what the trail keeps", () => {
  const input = structure({
    SecretId: string(),
    SecretString: string({ isSensitive: true }),
    SecretBinary: blob({ isSensitive: true }),
    Tags: list(structure({ Key: string(), Value: string() })),
    WithDecryption: boolean(),
  });
  const value = validate(input, {
    SecretId: "a",
    SecretString: "hunter2",
    SecretBinary: "AAEC",
    Tags: [{ Key: "k", Value: "v" }],
    WithDecryption: false,
  });

  it("is in lower camel case and without values", () => {
    expect(auditable(input, value)).toEqual({
      secretId: "a",
      tags: [{ key: "k", value: "v" }],
      withDecryption: false,
    });
  });

  it("marks them where CloudTrail does", () => {
    expect(auditable(input, value, true)).toMatchObject({
      secretString: "HIDDEN_DUE_TO_SECURITY_REASONS",
    });
  });
});
