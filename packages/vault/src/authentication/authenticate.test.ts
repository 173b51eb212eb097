import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { claimedIdentity } from "./authenticate.ts";
import {
  getSecretValue,
  independent,
  type Keys,
  smithy,
  start,
  withHeader,
} from "./signers.fixture.ts";
import { accountId, rootCredentials, startAuthentication } from "./vault.fixture.ts";

let vault: Awaited<ReturnType<typeof startAuthentication>>;
let user: Keys;
let role: Keys;

beforeAll(async () => {
  vault = await startAuthentication();
  user = await vault.userKeys("alice");
  role = await vault.roleKeys("weather");
});

afterAll(() => vault.close());

describe.each([smithy, independent])("signed by $name", ({ sign }) => {
  it("answers with the principal, key and scope", async () => {
    const request = await sign(getSecretValue({ region: "eu-west-1" }), user);
    const authenticated = await vault.authenticate(request);
    expect(authenticated).toMatchObject({
      principal: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/alice" },
      region: "eu-west-1",
      accessKeyId: user.accessKeyId,
    });
  });

  it("knows the root and a role's session", async () => {
    const asRoot = await vault.authenticate(await sign(getSecretValue(), rootCredentials));
    expect(asRoot.principal.type).toBe("Root");
    const asRole = await vault.authenticate(await sign(getSecretValue(), role));
    expect(asRole.principal.arn).toBe("arn:aws:sts::123456789012:assumed-role/weather/session");
  });

  it("accepts the same request again: the signing key is cached", async () => {
    const request = await sign(getSecretValue(), user);
    await vault.authenticate(request);
    expect((await vault.authenticate(request)).accessKeyId).toBe(user.accessKeyId);
  });

  it.each([
    "/",
    "//",
    "/a//b",
    "/a/../b",
    "/a/./b/",
    "/%7Ea/b%20c/%E6%B8%A9%E5%BA%A6",
    "/a%2Fb",
    "/-._~AZaz09/!$'()*,:;=@",
  ])("accepts the path %s", async (path) => {
    const request = await sign(getSecretValue({ method: "GET", path, body: "" }), user);
    expect(request.target).toBe(path);
    await vault.authenticate(request);
  });

  it.each([
    [{ b: "2", a: "1" }],
    [{ a: ["2", "1", "10"], "a-b": "0", A: "x" }],
    [{ "": "empty", empty: "", "with space": "a b+c", é: "温度", "&=?#/%": "'()*!" }],
  ])("accepts the query %j", async (query) => {
    await vault.authenticate(await sign(getSecretValue({ method: "GET", query, body: "" }), user));
  });

  it("accepts blanks within and around header values", async () => {
    const headers = { "x-amz-note": "a  b   c", other: "  padded\t value " };
    const request = await sign(getSecretValue({ headers }), user);
    await vault.authenticate(withHeader(request, "x-amz-note", " a b c"));
  });

  it("accepts header values and bodies that are not ASCII", async () => {
    await vault.authenticate(
      await sign(getSecretValue({ headers: { "x-amz-note": "à la température" } }), user),
    );
    await vault.authenticate(await sign(getSecretValue({ body: '{"SecretString":"温度"}' }), user));
  });

  it("accepts presigned requests until they expire", async () => {
    const request = await sign(getSecretValue({ expiresIn: 60, headers: {} }), role);
    expect(request.headers.authorization).toBeUndefined();
    await vault.authenticate(request);
    vault.clock.milliseconds = start + 60_000;
    await vault.authenticate(request);
    vault.clock.milliseconds = start + 61_000;
    const error = await vault.refusal(request);
    vault.clock.milliseconds = start;
    expect(error).toMatchObject({ code: "RequestExpired", message: "Request has expired." });
  });

  it("accepts what the generator of odd requests makes of it", async () => {
    const word = fc.string({ unit: "grapheme", maxLength: 8 });
    const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "POST", "PUT", "DELETE"),
        fc.array(fc.oneof(word, fc.constantFrom("", ".", "..")), { maxLength: 4 }),
        fc.dictionary(word, fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 }))),
        headerValue,
        fc.string({ unit: "grapheme" }),
        async (method, segments, query, note, body) => {
          const path = `/${segments.map(encodeURIComponent).join("/")}`;
          const headers = { "x-amz-note": note };
          const request = await sign(getSecretValue({ method, path, query, headers, body }), user);
          await vault.authenticate(request);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("refuses", () => {
  it("keys that it doesn't know, that are inactive, or whose user is gone", async () => {
    const keys = await vault.userKeys("bob");
    const { users } = vault.principals;
    const bob = await users.locate(accountId, "bob");
    const request = await smithy.sign(getSecretValue(), keys);
    await vault.authenticate(request);
    const invalid = {
      code: "InvalidClientTokenId",
      message: "The security token included in the request is invalid.",
    };
    const update = vault.permit("iam:UpdateAccessKey", bob);
    await users.accessKeys.updateStatus(update, keys.accessKeyId, "Inactive");
    expect(await vault.refusal(request)).toMatchObject(invalid);
    await users.accessKeys.updateStatus(update, keys.accessKeyId, "Active");
    await vault.authenticate(request);
    await users.accessKeys.delete(vault.permit("iam:DeleteAccessKey", bob), keys.accessKeyId);
    expect(await vault.refusal(request)).toMatchObject(invalid);

    const unknown = { ...keys, accessKeyId: "AKIAAAAAAAAAAAAAAAAA" };
    expect(await vault.refusal(await smithy.sign(getSecretValue(), unknown))).toMatchObject(
      invalid,
    );
    const endless = { ...keys, accessKeyId: "A".repeat(4000) };
    expect(await vault.refusal(await smithy.sign(getSecretValue(), endless))).toMatchObject(
      invalid,
    );
  });

  it("a temporary key without its token, with another's, and a long-term key with one", async () => {
    const other = await vault.roleKeys("other");
    const tokens = [
      { accessKeyId: role.accessKeyId, secretAccessKey: role.secretAccessKey },
      { ...role, sessionToken: other.sessionToken },
      { ...role, sessionToken: `${role.sessionToken}A` },
      { ...user, sessionToken: role.sessionToken },
      { ...user, sessionToken: "AQoDYXdzEPT" },
    ];
    for (const keys of tokens) {
      for (const expiresIn of [undefined, 60]) {
        const request = await smithy.sign(
          getSecretValue(expiresIn === undefined ? {} : { expiresIn, headers: {} }),
          keys,
        );
        expect((await vault.refusal(request)).code).toBe("InvalidClientTokenId");
      }
    }
  });

  it("an expired token, but only to who can sign with its key", async () => {
    const at = start + 3_600_000;
    vault.clock.milliseconds = at;
    const error = await vault.refusal(await smithy.sign(getSecretValue({ at }), role));
    const forged = await vault.refusal(
      await smithy.sign(getSecretValue({ at }), { ...role, secretAccessKey: "guessed" }),
    );
    vault.clock.milliseconds = start;
    expect(error).toMatchObject({
      code: "ExpiredToken",
      message: "The security token included in the request is expired",
    });
    expect(forged.code).toBe("SignatureDoesNotMatch");
  });
});

describe("claimedIdentity", () => {
  it.each([smithy, independent])("is what $name signed for", async ({ sign }) => {
    const expected = { accessKeyId: user.accessKeyId, region: "us-east-1" };
    expect(claimedIdentity(await sign(getSecretValue(), user))).toEqual(expected);
    expect(
      claimedIdentity(await sign(getSecretValue({ expiresIn: 9, headers: {} }), user)),
    ).toEqual(expected);
  });

  it("never repeats a secret that was pasted in the key's place", async () => {
    const keys = { ...user, accessKeyId: user.secretAccessKey.replaceAll("/", "x") };
    expect(claimedIdentity(await smithy.sign(getSecretValue(), keys)).accessKeyId).toBe("");
  });
});
