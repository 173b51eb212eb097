import fc from "fast-check";
import type { JWTPayload } from "jose";
import { describe, expect, test } from "vitest";
import {
  audienceOf,
  checkTimes,
  conditionKeysOf,
  sessionTagsOf,
  sourceIdentityOf,
  subjectOf,
} from "./token-claims.ts";

const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;

describe("times", () => {
  test("a token is good from its time, give or take five minutes, to its end and not beyond", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -600, max: 600 }),
        fc.integer({ min: -600, max: 600 }),
        fc.integer({ min: -600, max: 600 }),
        (iat, nbf, exp) => {
          const check = () =>
            checkTimes({ iat: seconds + iat, nbf: seconds + nbf, exp: seconds + exp }, now);
          if (exp > 0 && iat <= 300 && nbf <= 300) check();
          else expect(check).toThrow(exp <= 0 ? /^Token expired/ : /not valid yet/);
        },
      ),
    );
  });

  test.each([
    { iat: seconds },
    { exp: "9999999999", iat: seconds },
    { exp: Number.POSITIVE_INFINITY, iat: seconds },
    { exp: seconds + 60 },
  ])("%j does not say enough", (claims) => {
    expect(() => checkTimes(claims as JWTPayload, now)).toThrow(/^Missing a required claim/);
  });
});

describe("audience", () => {
  const clientIds = ["sts.amazonaws.com", "app"];

  test.each([
    [{ aud: "app" }, "app"],
    [{ aud: ["other", "app"] }, "app"],
    [{ aud: "other", azp: "app" }, "app"],
  ])("%j is for %s", (claims, audience) => {
    expect(audienceOf(claims, clientIds)).toBe(audience);
  });

  test.each([
    {},
    { aud: "other" },
    { aud: [] },
    { aud: "app", azp: "other" },
    { aud: ["APP"] },
    { aud: { app: "app" } as unknown as string },
  ])("%j is for nobody here", (claims) => {
    expect(() => audienceOf(claims, clientIds)).toThrow("Incorrect token audience");
  });
});

test("a trust policy may ask for subject, audience, original audience and methods", () => {
  expect(conditionKeysOf({ sub: "s", aud: "a" }, "i", "a")).toEqual({ "i:sub": "s", "i:aud": "a" });
  const more = { sub: "s", aud: ["a", "b"], azp: "c", amr: ["mfa", 7] };
  expect(conditionKeysOf(more, "i", "c")).toEqual({
    "i:sub": "s",
    "i:aud": "c",
    "i:oaud": ["a", "b"],
    "i:amr": ["mfa"],
  });
});

describe("a GitHub Actions job's token", () => {
  const issuer = "token.actions.githubusercontent.com";
  const claims = { sub: "repo:octo-org/weather:pull_request", aud: "a" };
  const told = {
    actor: "octocat",
    actor_id: "583231",
    job_workflow_ref: "octo-org/weather/.github/workflows/deploy.yml@refs/heads/main",
    repository: "octo-org/weather",
    repository_id: "74",
    workflow: "deploy",
    ref: "refs/heads/main",
    environment: "production",
    enterprise_id: "9",
  };

  test("tells a trust policy more, as on AWS, and not all that it says", () => {
    const {
      [`${issuer}:sub`]: _,
      [`${issuer}:aud`]: __,
      ...keys
    } = conditionKeysOf({ ...claims, ...told, run_id: "1", actor_is: 7 }, issuer, "a");
    expect(keys).toEqual(
      Object.fromEntries(Object.entries(told).map(([name, value]) => [`${issuer}:${name}`, value])),
    );
  });

  test("of an enterprise's own issuer does so too, and nobody else's", () => {
    const own = `${issuer}/octo-inc`;
    expect(conditionKeysOf({ ...claims, ...told }, own, "a")).toHaveProperty([`${own}:ref`]);
    const others = [`${issuer}.example.com`, "gitlab.com"];
    for (const other of others) {
      expect(Object.keys(conditionKeysOf({ ...claims, ...told }, other, "a"))).toHaveLength(2);
    }
  });

  test("whose claim is no text tells nothing by it", () => {
    const keys = conditionKeysOf({ ...claims, ref: ["refs/heads/main"], actor: 7 }, issuer, "a");
    expect(Object.keys(keys)).toHaveLength(2);
  });
});

test.each([undefined, "", 7, "s".repeat(256)])("%j is no subject", (sub) => {
  expect(() => subjectOf({ sub } as { sub: string })).toThrow();
});

test("a source identity is a name or nothing", () => {
  const claim = "https://aws.amazon.com/source_identity";
  expect(sourceIdentityOf({})).toBeUndefined();
  expect(sourceIdentityOf({ [claim]: "ana@example.com" })).toBe("ana@example.com");
  for (const wrong of ["a", "a b", "a".repeat(65), 7, null, ["ana"]]) {
    expect(() => sourceIdentityOf({ [claim]: wrong })).toThrow(claim);
  }
});

describe("session tags", () => {
  const claim = "https://aws.amazon.com/tags";

  test("have one value each, as text or in a list", () => {
    const given = { principal_tags: { a: ["1"], b: "2" }, transitive_tag_keys: ["A"] };
    expect(sessionTagsOf({ [claim]: given })).toEqual({
      tags: { a: "1", b: "2" },
      transitiveTagKeys: ["A"],
    });
    expect(sessionTagsOf({})).toEqual({});
    expect(sessionTagsOf({ [claim]: { principal_tags: {} } })).toEqual({});
  });

  test("are taken whole or refused, whatever the issuer sends", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        try {
          const { tags = {} } = sessionTagsOf({ [claim]: given });
          for (const value of Object.values(tags)) expect(typeof value).toBe("string");
        } catch (error) {
          expect(error).toMatchObject({ code: "IDPRejectedClaim" });
        }
      }),
    );
  });

  test.each([
    { principal_tags: { a: ["1", "2"] } },
    { principal_tags: { a: [] } },
    { principal_tags: { a: 1 } },
    { principal_tags: { "a*": "1" } },
    { principal_tags: { "aws:a": "1" } },
    { principal_tags: { a: "1", A: "2" } },
    { principal_tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, "v"])) },
    { principal_tags: { a: "1" }, transitive_tag_keys: ["b"] },
    { transitive_tag_keys: ["a"] },
    "tags",
  ])("%j is refused", (given) => {
    expect(() => sessionTagsOf({ [claim]: given })).toThrow(claim);
  });
});
