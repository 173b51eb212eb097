import { describe, expect, test } from "vitest";
import { judge } from "./judge.ts";
import { specimens } from "./specimens.fixture.ts";

const random = "q7Rt2LmX9bVz4KpW";

describe("plain configuration", () => {
  test.each([
    ["NODE_ENV", "production", "its name says so"],
    ["PORT", "8080", "a number"],
    ["DEBUG", "false", "true or false"],
    ["USE_TOKEN", "true", "true or false"],
    ["TOKEN_TTL", "15m", "a duration or a size"],
    ["AWS_REGION", "eu-central-1", "its name says so"],
    ["API_URL", "https://api.example.com/v1", "an address without a password"],
    ["ALLOWED", "https://a.example.com,https://b.example.com", "an address without a password"],
    ["SMTP_FROM", "Ada <ada@example.com>", "an e-mail address"],
    ["DB_HOST", "db.internal:5432", "an address on the network"],
    ["TLS_KEY_FILE", "/etc/tls/server.key", "a path"],
    ["REDIS_HOST", "127.0.0.1", "an address on the network"],
    ["BROKERS", "kafka-1:9092,kafka-2:9092", "an address on the network"],
    ["APP_VERSION", "1.22.3-rc.1", "a version"],
    ["NEXT_PUBLIC_ANALYTICS", random, "its name says that browsers get it"],
    ["CLIENT_ID", random, "its name says so"],
    ["GIT_SHA", "9fceb02d0ae598e95dc970b74767f19372d61af8", "its name says so"],
    ["kms_key_arn", "1234abcd-12ab-34cd-56ef-1234567890ab", "its name says so"],
    ["API_KEY_HEADER", "X-Api-Key", "its name says so"],
    ["CACHE_KEY", "user:profile", "its name says so"],
    ["RECAPTCHA_SITE_KEY", random, "its name says so"],
    ["TOPIC", "arn:aws:sns:eu-central-1:123456789012:orders", "an Amazon resource name"],
  ])("%s=%s: %s", (variable, value, why) => {
    expect(judge(variable, value)).toMatchObject({ isSecret: false, why, what: "configuration" });
  });
});

describe("a secret", () => {
  test.each([
    ["DB_PASSWORD", "1234", "its name says so"],
    ["dbPassword", "correct", "its name says so"],
    ["JWT_SECRET", "true-or-false", "its name says so"],
    ["SIGNING_KEY", "some words", "its name says so"],
    ["CACHE_KEY", random, "as random as a key"],
    ["LICENSE_KEY", "abc.def.ghi", "its name says so"],
    ["DEPLOY_WEBHOOK", "https://example.com/deploy", "its name says so"],
    ["WHATEVER", random, "as random as a key"],
    ["CALLBACK", `https://example.com/hooks/${random}`, "as random as a key"],
  ])("%s=%s: %s", (variable, value, why) => {
    expect(judge(variable, value)).toMatchObject({ isSecret: true, isDoubtful: false, why });
  });

  test("is what nothing speaks for or against, and says so", () => {
    expect(judge("GREETING", "hello there")).toMatchObject({ isSecret: true, isDoubtful: true });
    expect(judge("ANSWER", "https://example.com/?q=1")).toMatchObject({ isDoubtful: true });
  });

  test("is every provider's key but those that are public", () => {
    for (const { kind, variable, value } of specimens) {
      const isPublic = /^(publishable_key|client_id|account_sid|dsn)$/.test(kind);
      expect([variable, judge(variable, value).isSecret]).toEqual([variable, !isPublic]);
    }
  });
});

describe("a warning", () => {
  const warnings = (variable: string, value: string) => judge(variable, value).warnings;

  test("tells of what is guessed, in a URL too", () => {
    expect(warnings("DB_PASSWORD", "hunter2")).toEqual([
      "weak: among the first that anybody tries",
    ]);
    expect(warnings("DATABASE_URL", "postgres://app:changeme@db/app")).toEqual([
      "a placeholder, not a secret",
    ]);
    expect(warnings("DB", "Server=db;Password=sa;")).toEqual(["weak: 2 characters"]);
    expect(warnings("DATABASE_URL", `postgres://app:${random}@db/app`)).toEqual([]);
  });

  test("tells nothing of what may be no secret", () => {
    expect(judge("GREETING", "hello")).toMatchObject({ isDoubtful: true, warnings: [] });
  });

  test("tells of what is sent to browsers", () => {
    const key = ["sk", "live", random].join("_");
    expect(warnings("VITE_STRIPE", key)).toEqual(["VITE_ sends it to every browser"]);
  });

  test("is not given of plain configuration, nor of a provider's own key", () => {
    expect(warnings("LOG_LEVEL", "info")).toEqual([]);
    for (const { variable, value } of specimens) expect(warnings(variable, value)).toEqual([]);
  });
});

test("long values are judged in no time", () => {
  const pieces = ["a", "1s", "a.", ":/", "password=", '{"type":"service_account"', "-----BEGIN "];
  for (const piece of pieces) {
    expect(judge("K", piece.repeat(1e6 / piece.length)).isSecret).toBe(true);
  }
});

test("no word of a judgement holds anything of the value", () => {
  for (const { variable, value } of specimens) {
    const said = JSON.stringify(judge(`X_${variable}`, value));
    for (let at = 0; at + 8 <= value.length; at += 4) {
      const part = value.slice(at, at + 8);
      if (/\d/.test(part)) expect(said).not.toContain(part);
    }
  }
});
