import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { parseQueryParameters } from "./query-parameters.ts";

const formType = "application/x-www-form-urlencoded";

function parse(body: string | Buffer, contentType = formType, target = "/") {
  return parseQueryParameters({
    method: "POST",
    target,
    headers: { "content-type": contentType },
    body: Buffer.from(body),
    sourceAddress: "",
    isSecureTransport: false,
    problem: undefined,
  });
}

function problemOf(...sent: Parameters<typeof parse>): string {
  const parsed = parse(...sent);
  return parsed instanceof ApiError ? `${parsed.code}: ${parsed.message}` : "none";
}

describe("a form's parameters", () => {
  it("are decoded", () => {
    const parsed = parse("Action=A&Empty=&Bare&Text=a+b%26%3D%C3%A9&&");
    expect([...(parsed as Map<string, string>)]).toEqual([
      ["Action", "A"],
      ["Empty", ""],
      ["Bare", ""],
      ["Text", "a b&=é"],
    ]);
  });

  it("keep an equals sign in the value", () => {
    expect(parse("Policy=a=b")).toEqual(new Map([["Policy", "a=b"]]));
  });

  it("come from the query string too", () => {
    expect(parse("B=2", formType, "/?A=1")).toEqual(
      new Map([
        ["A", "1"],
        ["B", "2"],
      ]),
    );
  });

  it.each([
    ["A=1&A=2", "more than once"],
    ["A=1&%41=2", "more than once"],
    ["A=%", "URL-encoded"],
    ["A=%ff", "URL-encoded"],
    [Buffer.from([0x41, 0x3d, 0xff]), "UTF-8"],
    [Array.from({ length: 5001 }, (_, at) => `A${at}=`).join("&"), "at most 5000"],
  ])("refuses %#", (body, says) => {
    expect(problemOf(body)).toContain("MalformedInput: ");
    expect(problemOf(body)).toContain(says);
  });

  it("refuse another content type", () => {
    expect(problemOf("A=1", "application/json")).toContain("Content-Type");
    expect(problemOf("A=1", "application/x-www-form-urlencoded-not")).toContain("Content-Type");
  });

  it("read as URLSearchParams reads, where nothing is off", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 });
    fc.assert(
      fc.property(
        fc.dictionary(
          text.filter((name) => name !== ""),
          text,
        ),
        (pairs) => {
          const encoded = new URLSearchParams(Object.entries(pairs)).toString();
          expect(parse(encoded)).toEqual(new Map(new URLSearchParams(encoded)));
        },
      ),
    );
  });

  it("are parsed or refused, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const parsed = parse(Buffer.from(bytes));
        expect(parsed instanceof ApiError || parsed.size <= 500).toBe(true);
      }),
    );
  });
});
