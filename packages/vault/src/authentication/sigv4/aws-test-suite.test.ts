/**
 * AWS's published SigV4 test suite, as facts: requests at 2015-08-30T12:36:00Z for the service
 * "service" in us-east-1, and the signatures that AWS gives for them.
 */
import { describe, expect, it } from "vitest";
import type { HttpRequest } from "../../message.ts";
import { HeldCredential } from "../../principals/credential.ts";
import { readClaim } from "./claim.ts";
import { SigningKeys } from "./signing-keys.ts";
import { isSignature, stringToSign } from "./verify.ts";

const credential = new HeldCredential({
  accessKeyId: "AKIDEXAMPLE",
  accountId: "123456789012",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  principal: () => Promise.resolve(undefined),
});

interface Vector {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signature: string;
}

const unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const token =
  "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfI" +
  "eoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0" +
  "wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDry" +
  "pNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

const vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
const postVanilla = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";

const vectors: readonly Vector[] = [
  { name: "get-vanilla", method: "GET", target: "/", signature: vanilla },
  { name: "get-vanilla-query", method: "GET", target: "/?", signature: vanilla },
  { name: "get-slash", method: "GET", target: "//", signature: vanilla },
  { name: "get-slash-dot-slash", method: "GET", target: "/./", signature: vanilla },
  { name: "get-relative", method: "GET", target: "/example/..", signature: vanilla },
  {
    name: "get-relative-relative",
    method: "GET",
    target: "/example1/example2/../..",
    signature: vanilla,
  },
  {
    name: "get-slashes",
    method: "GET",
    target: "//example//",
    signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
  },
  {
    name: "get-slash-pointless-dot",
    method: "GET",
    target: "/./example",
    signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
  },
  {
    name: "get-space",
    method: "GET",
    target: "/example space/",
    signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
  },
  {
    name: "get-unreserved",
    method: "GET",
    target: `/${unreserved}`,
    signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
  },
  {
    name: "get-utf8",
    method: "GET",
    target: "/ሴ",
    signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
  },
  {
    name: "get-vanilla-empty-query-key",
    method: "GET",
    target: "/?Param1=value1",
    signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
  },
  {
    name: "get-vanilla-query-order-key-case",
    method: "GET",
    target: "/?Param2=value2&Param1=value1",
    signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  },
  {
    name: "get-vanilla-query-order-value",
    method: "GET",
    target: "/?Param1=value2&Param1=value1",
    signature: "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
  },
  {
    name: "get-vanilla-query-unreserved",
    method: "GET",
    target: `/?${unreserved}=${unreserved}`,
    signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
  },
  {
    name: "get-vanilla-utf8-query",
    method: "GET",
    target: "/?ሴ=bar",
    signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
  },
  {
    name: "get-header-key-duplicate",
    method: "GET",
    target: "/",
    headers: { "my-header1": "value2,value2,value1" },
    signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
  },
  {
    name: "get-header-value-order",
    method: "GET",
    target: "/",
    headers: { "my-header1": "value4,value1,value3,value2" },
    signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
  },
  {
    name: "get-header-value-trim",
    method: "GET",
    target: "/",
    headers: { "my-header1": " value1", "my-header2": ' "a   b   c"' },
    signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
  },
  { name: "post-vanilla", method: "POST", target: "/", signature: postVanilla },
  {
    name: "post-header-key-sort",
    method: "POST",
    target: "/",
    headers: { "my-header1": "value1" },
    signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
  },
  {
    name: "post-header-value-case",
    method: "POST",
    target: "/",
    headers: { "my-header1": "VALUE1" },
    signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
  },
  {
    name: "post-sts-header-before",
    method: "POST",
    target: "/",
    headers: { "x-amz-security-token": token },
    signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
  },
  {
    name: "post-vanilla-query",
    method: "POST",
    target: "/?Param1=value1",
    signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
  },
  {
    name: "post-x-www-form-urlencoded",
    method: "POST",
    target: "/",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Param1=value1",
    signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
  },
  {
    name: "post-x-www-form-urlencoded-parameters",
    method: "POST",
    target: "/",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf8" },
    body: "Param1=value1",
    signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
  },
];

const scope2015 = "20150830/us-east-1/service/aws4_request";

function isGenuine({ method, target, headers, body, signature }: Vector): boolean {
  const all = { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z", ...headers };
  const request = requestOf(method, target, all, scope2015, signature, body);
  return isSigned(request, "service", Date.UTC(2015, 7, 30, 12, 36, 0));
}

function requestOf(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  scope: string,
  signature: string,
  body = "",
): HttpRequest {
  const signedHeaders = Object.keys(headers).sort().join(";");
  const authorization =
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, ` +
    `SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return {
    method,
    target: Buffer.from(target).toString("latin1"),
    headers: { ...headers, authorization },
    body: Buffer.from(body),
    sourceAddress: "127.0.0.1",
    isSecureTransport: false,
    problem: undefined,
  };
}

function isSigned(request: HttpRequest, service: string, now: number): boolean {
  const claim = readClaim(request, service, now);
  const signed = stringToSign(request, claim) ?? expect.unreachable("not what a signer makes");
  return new SigningKeys().verify(credential, claim.credential, (key) =>
    isSignature(key, signed, claim.signature),
  );
}

describe("AWS's SigV4 test suite", () => {
  it.each(vectors)("$name", (vector) => {
    expect(isGenuine(vector)).toBe(true);
    expect(isGenuine({ ...vector, body: `${vector.body ?? ""} ` })).toBe(false);
  });

  it("get-vanilla of its first edition, which is dated by a Date header", () => {
    const request = requestOf(
      "GET",
      "/",
      { host: "host.foo.com", date: "Mon, 09 Sep 2011 23:36:00 GMT" },
      "20110909/us-east-1/host/aws4_request",
      "b27ccfbfa7df52a200ff74193ca6e32d4b48b8856fab7ebf1c595d0670a7e470",
    );
    expect(isSigned(request, "host", Date.UTC(2011, 8, 9, 23, 36, 0))).toBe(true);
  });
});
