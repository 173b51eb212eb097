import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimedIdentity } from "../authenticate.ts";
import { startAuthentication } from "../vault.fixture.ts";

let vault: Awaited<ReturnType<typeof startAuthentication>>;

beforeAll(async () => {
  vault = await startAuthentication();
});

afterAll(() => vault.close());

describe("whatever comes", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[A-Za-z0-9/=,; ._%+-]{0,60}$/),
    fc.constantFrom("AWS4-HMAC-SHA256", "__proto__", "constructor", "host", "20260101T120000Z"),
  );
  const authorization = fc
    .record({ credential: hostile, signedHeaders: hostile, signature: hostile })
    .map(
      (parts) =>
        `AWS4-HMAC-SHA256 Credential=${parts.credential}, ` +
        `SignedHeaders=host;${parts.signedHeaders}, Signature=${parts.signature}`,
    );
  const parameters = ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires"];
  const presigned = fc
    .tuple(...parameters.map(() => hostile))
    .map((values) => `/?${parameters.map((name, at) => `X-Amz-${name}=${values[at]}`).join("&")}`);
  const request = fc.record(
    {
      method: fc.constantFrom("GET", "POST"),
      target: fc.oneof(fc.constant("/"), hostile, presigned),
      headers: fc.record(
        {
          host: hostile,
          authorization: fc.oneof(authorization, hostile),
          "x-amz-date": fc.oneof(fc.constant("20260101T120000Z"), hostile),
          date: hostile,
          "x-amz-security-token": hostile,
        },
        { requiredKeys: [] },
      ),
      body: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      sourceAddress: fc.constant("127.0.0.1"),
      isSecureTransport: fc.boolean(),
      problem: fc.constant(undefined),
    },
    { noNullPrototype: true },
  );

  it("only ApiError comes out, and a claimed identity is harmless", async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        await vault.refusal(given);
        const { accessKeyId, region } = claimedIdentity(given);
        expect(accessKeyId).toMatch(/^[A-Z0-9]{0,32}$/);
        expect(region).toMatch(/^[a-z0-9-]{0,32}$/);
      }),
      { numRuns: 1000 },
    );
  });
});
