import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAuthorizationHeader } from "./authorization-header.ts";

const [one, other] = ["a".repeat(64), "b".repeat(64)];

test("what is remembered of a header is only what comes before its signature", () => {
  const header = (signature: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=${signature}`;
  for (const signature of [one, other, "", `${one}x`, "A".repeat(64)]) {
    expect(parseAuthorizationHeader(header(signature))).toEqual({
      algorithm: "AWS4-HMAC-SHA256",
      credential: "AKIA/20260101/us-east-1/ssm/aws4_request",
      signedHeaders: "host",
      signature,
      isMalformed: false,
    });
  }
});

test("a header is read alike the first time and the second, whatever stands before", () => {
  const word = fc.constantFrom(
    "Credential=x",
    "SignedHeaders=y",
    "Signature=z",
    "z",
    ",",
    "\t",
    "=",
  );
  fc.assert(
    fc.property(fc.array(word), fc.constantFrom(" ", ", ", ",", ""), (words, separator) => {
      const header = `AWS4 ${words.join(separator)}${separator}Signature=`;
      for (const last of [one, other, one]) {
        // Where a blank stands behind the signature nothing is remembered: the reference.
        const expected = parseAuthorizationHeader(`${header}${last} `);
        expect(parseAuthorizationHeader(header + last)).toEqual(expected);
      }
    }),
  );
});
