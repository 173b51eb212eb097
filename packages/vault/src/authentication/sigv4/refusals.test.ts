import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getSecretValue, type Keys, smithy, start, withHeader } from "../signers.fixture.ts";
import { startAuthentication } from "../vault.fixture.ts";

let vault: Awaited<ReturnType<typeof startAuthentication>>;
let user: Keys;

beforeAll(async () => {
  vault = await startAuthentication();
  user = await vault.userKeys("alice");
});

afterAll(() => vault.close());

describe("refuses in AWS's words", () => {
  it("a request without authentication, or with another scheme than SigV4", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    const schemes = [
      undefined,
      "",
      "Bearer eyJhbGciOi",
      "Basic dXNlcjpwYXNz=",
      "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
      "AWS3-HTTPS AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE,Algorithm=HmacSHA256,Signature=x",
    ];
    for (const scheme of schemes) {
      const unsigned = withHeader(request, "authorization", scheme);
      expect(await vault.refusal(unsigned)).toMatchObject({
        code: "MissingAuthenticationToken",
        message: "Missing Authentication Token",
      });
      expect((await vault.refusal(unsigned, "sts")).message).toBe(
        "Request is missing Authentication Token",
      );
    }
    for (const query of [
      `AWSAccessKeyId=${user.accessKeyId}&SignatureVersion=2&Signature=x`,
      "X-Amz-Algorithm=AWS3-HMAC-SHA256",
    ]) {
      const target = `/?${query}`;
      const unsigned = withHeader({ ...request, target }, "authorization", undefined);
      expect((await vault.refusal(unsigned)).code).toBe("MissingAuthenticationToken");
    }
  });

  it("SigV4A", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    const authorization = String(request.headers.authorization)
      .replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
      .replace("/us-east-1", "");
    expect(await vault.refusal(withHeader(request, "authorization", authorization))).toMatchObject({
      code: "IncompleteSignature",
      message: "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
    });
  });

  it("both forms at once", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    const target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256";
    expect(await vault.refusal({ ...request, target })).toMatchObject({
      code: "SignatureDoesNotMatch",
      message:
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    });
  });

  it("an Authorization header without its parts, naming each", async () => {
    const request = withHeader(await smithy.sign(getSecretValue(), user), "x-amz-date", undefined);
    const bare = withHeader(request, "authorization", "AWS4-HMAC-SHA256");
    expect(await vault.refusal(bare)).toMatchObject({
      code: "IncompleteSignature",
      message:
        "Authorization header requires 'Credential' parameter. " +
        "Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. " +
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
        "(Hashed with SHA-256 and encoded with Base64) " +
        "Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0=",
    });
  });

  it("an Authorization header that is not made of pairs, without repeating it", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    const spaced = withHeader(request, "authorization", "AWS4-HMAC-SHA256 Credential= a/b/c");
    const error = await vault.refusal(spaced);
    expect(error.code).toBe("IncompleteSignature");
    expect(error.message).toMatch(
      /^Invalid key=value pair \(missing equal-sign\) in Authorization header \(hashed with SHA-256 and encoded with Base64\): '[\w+/]{43}='\.$/,
    );
  });

  it("a presigned request without its parameters, naming each", async () => {
    const request = withHeader(
      await smithy.sign(getSecretValue(), user),
      "authorization",
      undefined,
    );
    expect(await vault.refusal({ ...request, target: "/?X-Amz-Algorithm" })).toMatchObject({
      code: "IncompleteSignature",
      message:
        "AWS query-string parameters must include 'X-Amz-Algorithm'. " +
        "AWS query-string parameters must include 'X-Amz-Credential'. " +
        "AWS query-string parameters must include 'X-Amz-Signature'. " +
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. " +
        "AWS query-string parameters must include 'X-Amz-Date'. " +
        "Re-examine the query-string parameters.",
    });
  });

  it.each(["0", "-1", "604801", "1e3", "abc", ""])("X-Amz-Expires=%s", async (expires) => {
    const request = await smithy.sign(getSecretValue({ expiresIn: 60, headers: {} }), user);
    const target = request.target.replace("X-Amz-Expires=60", `X-Amz-Expires=${expires}`);
    const error = await vault.refusal({ ...request, target });
    expect(error.code).toBe("IncompleteSignature");
    expect(error.message).toMatch(/^X-Amz-Expires /);
  });

  it("a time that is none", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    for (const date of ["201", "20260230T120000Z", "20260101T250000Z", "2026-01-01T12:00:00Z"]) {
      expect(await vault.refusal(withHeader(request, "x-amz-date", date))).toMatchObject({
        code: "IncompleteSignature",
        message: `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      });
    }
  });

  it("a clock more than five minutes off, either way", async () => {
    for (const minutes of [-5, 5]) {
      await vault.authenticate(
        await smithy.sign(getSecretValue({ at: start + minutes * 60_000 }), user),
      );
    }
    const late = await smithy.sign(getSecretValue({ at: start - 300_001 }), user);
    expect(await vault.refusal(late)).toMatchObject({
      code: "SignatureDoesNotMatch",
      message:
        "Signature expired: 20260101T115459Z is now earlier than 20260101T115500Z " +
        "(20260101T120000Z - 5 min.)",
    });
    const early = await smithy.sign(getSecretValue({ at: start + 301_000 }), user);
    expect(await vault.refusal(early)).toMatchObject({
      code: "SignatureDoesNotMatch",
      message:
        "Signature not yet current: 20260101T120501Z is still later than 20260101T120500Z " +
        "(20260101T120000Z + 5 min.)",
    });
  });

  it("a host that is not signed, before it looks at the rest", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    const authorization = String(request.headers.authorization).replace(";host;", ";");
    expect(await vault.refusal(withHeader(request, "authorization", authorization))).toMatchObject({
      code: "SignatureDoesNotMatch",
      message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });

  it("an x-amz header that is not signed", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    expect(await vault.refusal(withHeader(request, "x-amz-note", "added"))).toMatchObject({
      code: "SignatureDoesNotMatch",
      message: "'x-amz-note' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });

  it("a credential of other than five parts, without repeating it", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    for (const credential of ["a/b/c/d", "a/b/c/d/e/f", user.accessKeyId]) {
      const authorization = String(request.headers.authorization).replace(
        /Credential=[^,]+/,
        `Credential=${credential}`,
      );
      const error = await vault.refusal(withHeader(request, "authorization", authorization));
      expect(error.code).toBe("IncompleteSignature");
      expect(error.message).toMatch(
        /^Credential must have exactly 5 slash-delimited elements, e\.g\. keyid\/date\/region\/service\/term, got \(hashed/,
      );
      expect(error.message).not.toContain(credential);
    }
  });

  it("a credential scope, with everything that is wrong with it", async () => {
    const request = await smithy.sign(getSecretValue(), user);
    const authorization = String(request.headers.authorization).replace(
      "20260101/us-east-1/secretsmanager/aws4_request",
      "20251231/nowhere/ssm/aws5",
    );
    expect(await vault.refusal(withHeader(request, "authorization", authorization))).toMatchObject({
      code: "SignatureDoesNotMatch",
      message:
        "Credential should be scoped to a valid region. " +
        "Credential should be scoped to correct service: 'secretsmanager'. " +
        "Credential should be scoped with a valid terminator: 'aws4_request'. " +
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.",
    });
    const other = await smithy.sign(getSecretValue({ service: "ssm" }), user);
    expect((await vault.refusal(other)).message).toBe(
      "Credential should be scoped to correct service: 'secretsmanager'. ",
    );
  });

  it("a body hash that is not the body's, and unsigned payloads", async () => {
    for (const claimed of [
      "UNSIGNED-PAYLOAD",
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "0".repeat(64),
    ]) {
      const headers = { "x-amz-content-sha256": claimed };
      const request = await smithy.sign(getSecretValue({ headers }), user);
      expect((await vault.refusal(request)).code).toBe("SignatureDoesNotMatch");
    }
  });

  it("a broken query", async () => {
    const request = withHeader(
      await smithy.sign(getSecretValue(), user),
      "authorization",
      undefined,
    );
    for (const target of ["/?a=%", "/?%zz", "/?X-Amz-Algorithm=%ff"]) {
      expect(await vault.refusal({ ...request, target })).toMatchObject({
        code: "MalformedQueryString",
      });
    }
  });
});
