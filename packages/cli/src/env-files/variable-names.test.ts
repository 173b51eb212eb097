import { expect, test } from "vitest";
import { readReference } from "../stores/reference.ts";
import { variableBelow, variableName, variableOf } from "./variable-names.ts";

test.each([
  ["stripe/api_key", "STRIPE_API_KEY"],
  ["stripe/api-key", "STRIPE_API_KEY"],
  ["stripe.apiKey", "STRIPE_API_KEY"],
  ["HTTPServer", "HTTP_SERVER"],
  ["STRIPE_KEY", "STRIPE_KEY"],
  ["2fa/seed", "_2FA_SEED"],
  ["config/log_level", "LOG_LEVEL"],
  ["app/session_secret", "SESSION_SECRET"],
  ["app", "APP"],
])("%s is %s", (name, variable) => {
  expect(variableName(name)).toBe(variable);
});

test.each([
  ["/myapp/production/stripe/api_key", "STRIPE_API_KEY"],
  ["/weatherproject/apiToken", "API_TOKEN"],
  ["ssm:token", "TOKEN"],
  ["secretsmanager:production/stripe", "STRIPE"],
  ["secretsmanager:stripe", "STRIPE"],
  ["secretsmanager:production/stripe/api#key", "STRIPE_API_KEY"],
  ["secretsmanager:production/all#STRIPE_KEY", "STRIPE_KEY"],
])("%s is %s", (typed, variable) => {
  expect(variableOf(readReference(typed))).toBe(variable);
});

test("below a path, the path is no part of it", () => {
  expect(variableBelow("/myapp/production", "/myapp/production/db/url")).toBe("DB_URL");
  expect(variableBelow("/myapp", "/myapp/production/db/url")).toBe("PRODUCTION_DB_URL");
  expect(variableBelow("/", "/db/url")).toBe("DB_URL");
});
