import { describe, expect, it } from "vitest";
import { parseRotators } from "./rotators-file.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
const role = "arn:aws:iam::123456789012:role/rotator";
const parse = (file: unknown) => parseRotators(JSON.stringify(file));
const entry = (given: object) => parse({ functions: { [arn]: given } }).get(arn);

describe("the rotators file", () => {
  it("maps functions to addresses", () => {
    expect(entry({ endpoint: "http://127.0.0.1:9000" })).toEqual({
      endpoint: "http://127.0.0.1:9000/",
      revokes: false,
      stepMilliseconds: 60_000,
      isSigned: false,
    });
    const endpoint = "https://lambda.us-east-1.amazonaws.com";
    expect(entry({ endpoint, revokes: true, credentials: "environment" })).toMatchObject({
      revokes: true,
      isSigned: true,
    });
  });

  it("says how long a function's old keys live, and a step may take", () => {
    const endpoint = "http://127.0.0.1:9000";
    expect(entry({ endpoint, revokes: true, gracePeriod: "7d" })).toMatchObject({
      graceMilliseconds: 7 * 86_400_000,
    });
    expect(entry({ endpoint, timeoutSeconds: 900 })).toMatchObject({ stepMilliseconds: 900_000 });
  });

  it.each<[object, string]>([
    [{ timeoutSeconds: 0 }, "from 1 to 900"],
    [{ timeoutSeconds: 901 }, "from 1 to 900"],
    [{ timeoutSeconds: "60" }, "from 1 to 900"],
    [{ timeoutSeconds: 1.5 }, "from 1 to 900"],
    [{ revokes: true, gracePeriod: "soon" }, "no time such as"],
    [{ revokes: true, gracePeriod: 24 }, "no time such as"],
    [{ gracePeriod: "24h" }, 'not "revokes": true'],
  ])("refuses %j of a function", (more, says) => {
    expect(() => entry({ endpoint: "http://a", ...more })).toThrow(says);
  });

  it("maps functions to built-in rotators, and leaves types to those", () => {
    const given = { type: "PostgreSQLUser", role, metadata: { strategy: "alternating" } };
    expect(entry(given)).toEqual(given);
    expect(parse({ types: { AcmeApiKey: {} }, endpoints: ["https://iam.a.example"] }).size).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ["no object", [], "the file is no JSON object"],
    ["another member", { function: {} }, "unknown member function"],
    ["no ARN", { functions: { rotate: {} } }, "not the ARN of a function"],
    ["endpoints of another kind", { endpoints: "https://a" }, "endpoints is no list"],
    ["an endpoint that is none", { endpoints: ["https://a", "iam"] }, "endpoints is no list"],
    ["types of another kind", { types: [] }, "types is no JSON object"],
    ["nothing", { functions: { [arn]: {} } }, "neither an endpoint nor a type"],
    ["no URL", { functions: { [arn]: { endpoint: "localhost" } } }, "no http or https URL"],
    ["a password", { functions: { [arn]: { endpoint: "http://a:b@c" } } }, "no http or https URL"],
    [
      "keys",
      { functions: { [arn]: { endpoint: "http://a", credentials: "AKIA" } } },
      'can only be "environment"',
    ],
    ["no role", { functions: { [arn]: { type: "A", role: "rotator" } } }, "not the ARN of a role"],
    [
      "a number",
      { functions: { [arn]: { type: "A", role, metadata: { days: 1 } } } },
      "days in the metadata",
    ],
    ["two kinds", { functions: { [arn]: { endpoint: "http://a", type: "A" } } }, "member type"],
  ])("refuses %s", (_, file, says) => {
    expect(() => parse(file)).toThrow(says);
  });

  it("refuses what is no JSON", () => {
    expect(() => parseRotators("{")).toThrow("it is no JSON");
  });
});
