import { describe, expect, test } from "vitest";
import { readReference } from "../stores/reference.ts";
import { type Circumstances, findingsOf } from "./rules.ts";
import { chooseStore } from "./store-choice.ts";
import type { Subject } from "./subject.ts";

const now = new Date("2026-11-22T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const around: Circumstances = { now, days: 90, lastRead: () => "read" };

/** In order, but for what is given. */
function subject(typed: string, given: Partial<Subject> = {}): Subject {
  const reference = readReference(typed);
  const isSecret = reference.service === "secretsmanager";
  return {
    reference,
    arn: `arn:${typed}`,
    type: isSecret ? "secret" : "SecureString",
    isAdvanced: false,
    hasParameterPolicies: false,
    owner: "payments",
    value: { text: "kD83jfKw92mXp4Qz" },
    writtenAt: daysAgo(1),
    isFirstValue: true,
    hasRotation: isSecret,
    hasResourcePolicy: false,
    replicaRegions: [],
    keeper: undefined,
    lastAccessed: isSecret ? daysAgo(1) : undefined,
    ...given,
  };
}

const found = (subjects: readonly Subject[], circumstances: Partial<Circumstances> = {}) =>
  findingsOf(subjects, { ...around, ...circumstances }).map(({ rule, reference, says }) => [
    rule,
    reference,
    says,
  ]);

const good = "/shop/prod/stripe/key";

test("what is in order has no findings", () => {
  expect(found([subject(good), subject("secretsmanager:prod/stripe/api")])).toEqual([]);
});

describe("naming", () => {
  test.each([
    ["/shop/prod/stripe/key", undefined],
    ["/shop/eu-prod/stripe/key", undefined],
    ["secretsmanager:production/shop/stripe/api", undefined],
    ["secretsmanager:staging2/stripe/api", undefined],
    ["/shop/stripe/key", "not /app/env/service/key"],
    ["ssm:STRIPE_KEY", "not /app/env/service/key"],
    ["/prod/shop/stripe/key", "its environment 'prod' is not the second part"],
    ["/shop/product/stripe/key", "its second part 'product' names no environment"],
    ["secretsmanager:shop/prod/stripe", "its environment 'prod' is not the first part"],
    ["secretsmanager:stripe", "not env/service/provider/kind"],
  ])("%s", (typed, says) => {
    const expected = says === undefined ? [] : [["naming", readable(typed), says]];
    expect(found([subject(typed)])).toEqual(expected);
  });
});

test("no owner is told, and an unknown one is not", () => {
  expect(found([subject(good, { owner: null })])).toMatchObject([
    ["no-owner", `ssm:${good}`, expect.any(String)],
  ]);
  expect(found([subject(good, { owner: undefined })])).toEqual([]);
});

test("a String that looks like a key is told by its kind, and never by its value", () => {
  const key = `sk_live_51H${"x7Kq2mPz"}abcdefghijklmnop`;
  const [finding] = findingsOf([subject(good, { type: "String", value: { text: key } })], around);
  expect(finding).toMatchObject({
    rule: "plain-text-secret",
    says: expect.stringContaining("Stripe"),
  });
  expect(JSON.stringify(finding)).not.toContain("51H");
  expect(
    found([subject("/shop/prod/app/url", { type: "String", value: { text: "eu-west-1" } })]),
  ).toEqual([]);
});

describe("the same value", () => {
  const value = { text: "kD83jfKw92mXp4Qz" };
  const json = { text: JSON.stringify({ user: "shop", password: value.text }) };
  const dev = subject("/shop/dev/db/password", { value });

  test("in two environments is told of both, field by field", () => {
    const prod = subject("secretsmanager:prod/shop/db", { value: json });
    expect(found([dev, prod])).toEqual([
      [
        "same-value",
        "ssm:/shop/dev/db/password",
        "the same value as in another environment: secretsmanager:prod/shop/db#password",
      ],
      [
        "same-value",
        "secretsmanager:prod/shop/db#password",
        "the same value as in another environment: ssm:/shop/dev/db/password",
      ],
    ]);
  });

  test("in one environment, whatever it is called there, is none of its business", () => {
    const at = (typed: string) => subject(typed, { value });
    const rules = (...typed: string[]) => found(typed.map(at)).map(([rule]) => rule);
    expect(rules("/shop/prod/db/password", "/other/production/db/password")).toEqual([]);
    expect(rules("/shop/eu-prod/db/password", "/shop/us-prod/db/password")).toEqual([]);
    // The service's name is not its environment.
    expect(rules("/live-chat/prod/db/password", "/live-chat/dev/db/password")).toEqual([
      "same-value",
      "same-value",
    ]);
  });

  test("in one environment, or of plain configuration, is none of its business", () => {
    expect(found([dev, subject("/other/dev/db/password", { value })])).toEqual([]);
    const plain = { type: "String", value: { text: "https://api.example.com" } };
    expect(
      found([subject("/shop/dev/api/url", plain), subject("/shop/prod/api/url", plain)]),
    ).toEqual([]);
  });
});

describe("what nobody reads", () => {
  const old = { writtenAt: daysAgo(120), isFirstValue: false };

  test.each<[string, Partial<Subject>, ReturnType<Circumstances["lastRead"]>, string | undefined]>([
    ["secretsmanager:prod/shop/db", { lastAccessed: null }, "unknown", "never read"],
    [
      "secretsmanager:prod/shop/db",
      { lastAccessed: daysAgo(100) },
      "unknown",
      "not read since 2026-08-14",
    ],
    ["secretsmanager:prod/shop/db", { lastAccessed: daysAgo(10) }, "unknown", undefined],
    // AWS noted our own read of yesterday; the trail knows whose it was.
    [
      "secretsmanager:prod/shop/db",
      { lastAccessed: daysAgo(1) },
      "unread",
      "not read in the last 90 days",
    ],
    [good, {}, "unread", "not read in the last 90 days"],
    [good, {}, "read", undefined],
    [good, {}, "unknown", undefined],
    [good, { writtenAt: daysAgo(30) }, "unread", undefined],
  ])("%s, %o, by the trail %s", (typed, given, lastRead, says) => {
    const expected = says === undefined ? [] : [["never-read", readable(typed), says]];
    expect(found([subject(typed, { ...old, ...given })], { lastRead: () => lastRead })).toEqual(
      expected,
    );
  });
});

test("a first value that is old was never rotated", () => {
  const old = { writtenAt: daysAgo(120) };
  expect(found([subject(good, old)])).toEqual([
    ["never-rotated", `ssm:${good}`, "its value is still its first, 120 days old"],
  ]);
  expect(found([subject(good, { ...old, isFirstValue: false })])).toEqual([]);
  expect(
    found([
      subject("/shop/prod/app/region", { ...old, type: "String", value: { text: "eu-west-1" } }),
    ]),
  ).toEqual([]);
  expect(found([subject("secretsmanager:prod/shop/db", old)])).toEqual([]);
});

test("what an AWS service keeps is left to it", () => {
  const managed = { keeper: "rds", owner: null, hasRotation: false, writtenAt: daysAgo(120) };
  expect(found([subject("secretsmanager:rds!db-0a1b", managed)])).toEqual([]);
  expect(
    found([subject("secretsmanager:rds!db-0a1b", { ...managed, lastAccessed: null })]),
  ).toEqual([["never-read", "secretsmanager:rds!db-0a1b", "never read"]]);
  expect(chooseStore(subject("secretsmanager:rds!db-0a1b", managed)).reasons[0]).toBe(
    "rds keeps it there",
  );
});

describe("the store", () => {
  const secret = (given: Partial<Subject>) =>
    subject("secretsmanager:prod/shop/db", { hasRotation: false, ...given });
  const login = { text: JSON.stringify({ username: "u", password: "p", host: "h" }) };

  test.each<[string, Subject, string]>([
    ["rotation", secret({ hasRotation: true }), "rotates on a schedule"],
    ["a policy", secret({ hasResourcePolicy: true }), "shares it"],
    ["copies", secret({ replicaRegions: ["eu-west-1"] }), "copied to eu-west-1"],
    ["bytes", secret({ value: { bytes: new Uint8Array(2) } }), "binary"],
    ["size", secret({ value: { text: "x".repeat(8193) } }), "8193 bytes"],
    ["a database's login", secret({ value: login }), "database"],
  ])("%s needs Secrets Manager", (_, one, reason) => {
    const { store, reasons } = chooseStore(one);
    expect(store).toBe("secretsmanager");
    expect(reasons.join()).toContain(reason);
    expect(found([one])).toEqual([]);
  });

  test("what needs none of it saves its price, unless it can't be known", () => {
    expect(found([secret({})])).toMatchObject([
      [
        "other-store",
        "secretsmanager:prod/shop/db",
        expect.stringContaining("saves $0.40 a month"),
      ],
    ]);
    expect(found([secret({ value: undefined })])).toEqual([]);
    expect(found([secret({ hasResourcePolicy: undefined })])).toEqual([]);
  });

  test("costs are told with their arithmetic", () => {
    const costs = (one: Subject) => chooseStore(one).costs;
    expect(costs(subject(good)).ssm.inWords).toBe(
      "1 standard parameter × $0.00 = $0.00, reads free",
    );
    expect(costs(secret({ replicaRegions: ["a", "b"] })).secretsmanager.inWords).toBe(
      "3 secrets (one a region) × $0.40 = $1.20, $0.05 for each 10,000 reads",
    );
    const large = subject(good, { value: { text: "x".repeat(4097) } });
    expect(costs(large).ssm).toMatchObject({ dollarsPerMonth: 0.05, isPossible: true });
    expect(costs(subject(good, { isAdvanced: true })).ssm.dollarsPerMonth).toBe(0.05);
    expect(costs(secret({ value: { bytes: new Uint8Array(2) } })).ssm.isPossible).toBe(false);
  });
});

function readable(typed: string): string {
  return typed.startsWith("/") ? `ssm:${typed}` : typed;
}
