import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { laidOut } from "./policy-layout.ts";

describe("a key policy's layout", () => {
  it("is KMS's, with lists on one line and objects over several", () => {
    const Statement = [
      { Principal: { AWS: ["a", "b"] }, Action: "kms:*", Condition: {} },
      { Sid: 'with "quotes", {braces} and : colons', NotAction: [] },
    ];
    expect(laidOut(JSON.stringify({ Version: "2012-10-17", Statement }))).toBe(`{
  "Version" : "2012-10-17",
  "Statement" : [ {
    "Principal" : {
      "AWS" : [ "a", "b" ]
    },
    "Action" : "kms:*",
    "Condition" : { }
  }, {
    "Sid" : "with \\"quotes\\", {braces} and : colons",
    "NotAction" : [ ]
  } ]
}`);
  });

  it("changes nothing that the document says, and is its own layout", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, space) => {
        const text = laidOut(JSON.stringify(value, undefined, space));
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(laidOut(text)).toBe(text);
      }),
    );
  });

  it("leaves numbers and escapes as they were written", () => {
    expect(laidOut('{"a":12345678901234567890.10,"\\u0062":"\\/"}')).toBe(
      '{\n  "a" : 12345678901234567890.10,\n  "\\u0062" : "\\/"\n}',
    );
  });
});
