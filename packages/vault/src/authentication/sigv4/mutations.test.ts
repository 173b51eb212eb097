/**
 * A signature covers a request: every part of signed requests is changed here, and none of the
 * results may pass. What SigV4 leaves open (blanks in headers, the order of a query, headers that
 * nobody signed) is not changed.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpRequest } from "../../message.ts";
import { getSecretValue, independent, type Keys, smithy, withHeader } from "../signers.fixture.ts";
import { startAuthentication } from "../vault.fixture.ts";
import { parseAuthorizationHeader } from "./authorization-header.ts";

let vault: Awaited<ReturnType<typeof startAuthentication>>;
let keys: Keys;

beforeAll(async () => {
  vault = await startAuthentication();
  keys = await vault.roleKeys("weather");
});

afterAll(() => vault.close());

type Mutation = readonly [what: string, mutated: HttpRequest];

const refusals = new Set([
  "MissingAuthenticationToken",
  "IncompleteSignature",
  "SignatureDoesNotMatch",
  "InvalidClientTokenId",
  "RequestExpired",
  "MalformedQueryString",
]);

async function expectNonePasses(original: HttpRequest, mutations: Iterable<Mutation>) {
  await vault.authenticate(original);
  let count = 0;
  for (const [what, mutated] of mutations) {
    const error = await vault.refusal(mutated).catch(() => undefined);
    expect(refusals, what).toContain(error?.code);
    count++;
  }
  expect(count).toBeGreaterThan(0);
  // The refused ones have left nothing behind that would refuse the genuine one.
  await vault.authenticate(original);
}

/** The text with each of its characters changed, in turn. */
function* changed(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === "1" ? "2" : "1";
    yield text.slice(0, at) + other + text.slice(at + 1);
  }
}

function* aroundTheSignature(request: HttpRequest): Generator<Mutation> {
  for (const method of ["GET", "PUT", "post", ""]) {
    yield [`method ${method}`, { ...request, method }];
  }
  for (let at = 0; at < request.body.length; at++) {
    const body = Buffer.from(request.body);
    body[at] = (body[at] ?? 0) ^ 1;
    yield [`byte ${at} of the body`, { ...request, body }];
  }
  yield ["a longer body", { ...request, body: Buffer.concat([request.body, Buffer.from(" ")]) }];
  yield ["a shorter body", { ...request, body: request.body.subarray(0, -1) }];
  yield ["no body", { ...request, body: Buffer.alloc(0) }];
  for (const path of ["/a", "/a/", "/%2F", "/;", "/*", "/ "]) {
    yield [`path ${path}`, { ...request, target: request.target.replace("/", path) }];
  }
  for (const more of ["&c=", "&c", "&a=1", "&=", "&X-Amz-Signature=0", "&x-amz-target=x"]) {
    yield [`query ${more}`, { ...request, target: request.target + more }];
  }
  yield ["a parameter less", { ...request, target: request.target.replace("a=1", "") }];
  yield ["a name changed", { ...request, target: request.target.replace("a=1", "A=1") }];
  yield ["a value changed", { ...request, target: request.target.replace("a=1", "a=2") }];
  yield ["a value doubled", { ...request, target: request.target.replace("a=1", "a=1&a=1") }];
}

function* headersOf(request: HttpRequest, signedHeaders: string): Generator<Mutation> {
  for (const name of signedHeaders.split(";")) {
    const value = String(request.headers[name]);
    yield [`no ${name}`, withHeader(request, name, undefined)];
    yield [`empty ${name}`, withHeader(request, name, "")];
    yield [`${name} twice`, withHeader(request, name, `${value}, ${value}`)];
    yield [`longer ${name}`, withHeader(request, name, `${value}x`)];
    yield [`upper ${name}`, withHeader(request, name, `${value}\u00a0`)];
    for (const other of changed(value))
      yield [`${name}: ${other}`, withHeader(request, name, other)];
  }
  for (const name of ["x-amz-note", "x-amz-content-sha256", "x-amz-user-agent"]) {
    yield [`added ${name}`, withHeader(request, name, "added")];
  }
}

/** What a Signature may be changed to, and SignedHeaders. */
function* signatures(signature: string): Generator<string> {
  yield* changed(signature);
  yield signature.toUpperCase();
  yield signature.slice(0, -1);
  yield signature.slice(0, 32);
  yield `${signature}0`;
  yield signature + signature;
  yield "0";
  yield Array.from(signature, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0x100)).join("");
}

function* lists(signedHeaders: string): Generator<string> {
  const names = signedHeaders.split(";");
  for (const name of names) {
    yield names.filter((other) => other !== name).join(";");
    yield `${signedHeaders};${name}`;
    yield signedHeaders.replace(name, `${name};${name}`);
    yield signedHeaders.replace(name, name.toUpperCase());
  }
  if (names.length > 1) yield names.toReversed().join(";");
  yield `${signedHeaders};`;
  yield `;${signedHeaders}`;
  for (const more of ["zzz", "authorization", "__proto__", "constructor"]) {
    yield [...names, more].sort().join(";");
  }
}

describe.each([smithy, independent])("signed by $name", ({ sign }) => {
  const header = () => sign(getSecretValue({ query: { a: "1", b: "2" } }), keys);
  const presigned = () =>
    sign(getSecretValue({ query: { a: "1" }, headers: { "x-note": "n" }, expiresIn: 60 }), keys);

  it("no changed method, path, query or body passes", async () => {
    const request = await header();
    await expectNonePasses(request, aroundTheSignature(request));
  });

  it("no changed, missing or added header passes", async () => {
    const request = await header();
    const { signedHeaders = "" } = parseAuthorizationHeader(String(request.headers.authorization));
    expect(signedHeaders.split(";")).toEqual(
      expect.arrayContaining(["host", "x-amz-date", "x-amz-security-token", "x-amz-target"]),
    );
    await expectNonePasses(request, headersOf(request, signedHeaders));
  });

  it("no changed credential, list of headers or signature passes", async () => {
    const request = await header();
    const authorization = String(request.headers.authorization);
    const parsed = parseAuthorizationHeader(authorization);
    const { credential = "", signedHeaders = "", signature = "" } = parsed;
    function* mutations(): Generator<Mutation> {
      for (const [part, others] of [
        [credential, changed(credential)],
        [signedHeaders, lists(signedHeaders)],
        [signature, signatures(signature)],
      ] as const) {
        for (const other of others) {
          yield [other, withHeader(request, "authorization", authorization.replace(part, other))];
        }
      }
    }
    await expectNonePasses(request, mutations());
  });

  it("no changed part of a presigned request passes", async () => {
    const request = await presigned();
    const query = new URLSearchParams(request.target.slice(2));
    function* mutations(): Generator<Mutation> {
      yield* aroundTheSignature(request);
      yield* headersOf(request, query.get("X-Amz-SignedHeaders") ?? "");
      for (const [name, value] of query) {
        const others = {
          "X-Amz-SignedHeaders": lists(value),
          "X-Amz-Signature": signatures(value),
        }[name];
        for (const other of others ?? changed(value)) {
          const mutated = new URLSearchParams(query);
          mutated.set(name, other);
          yield [`${name}=${other}`, { ...request, target: `/?${mutated}` }];
        }
        const without = new URLSearchParams(query);
        without.delete(name);
        yield [`no ${name}`, { ...request, target: `/?${without}` }];
        without.append(name, value);
        without.append(name, value);
        yield [`${name} twice`, { ...request, target: `/?${without}` }];
      }
    }
    await expectNonePasses(request, mutations());
  });

  it("an Authorization header changed anywhere passes only if it still says the same", async () => {
    const request = await header();
    const authorization = String(request.headers.authorization);
    const meant = parseAuthorizationHeader(authorization);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(authorization.length),
        fc.nat(3),
        fc.string({ unit: "binary-ascii", maxLength: 3 }),
        async (at, length, replacement) => {
          const mutated =
            authorization.slice(0, at) + replacement + authorization.slice(at + length);
          const passes = await vault
            .authenticate(withHeader(request, "authorization", mutated))
            .then(
              () => true,
              () => false,
            );
          const parsed = parseAuthorizationHeader(mutated);
          expect(passes).toBe(JSON.stringify(parsed) === JSON.stringify(meant));
        },
      ),
      { numRuns: 500 },
    );
  });
});
