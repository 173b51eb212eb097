import { expect, test } from "vitest";
import { policyNameFor } from "./policy-name.ts";
import { readTarget } from "./target.ts";

test("a parameter, a path and a secret are told apart", () => {
  expect(readTarget("ssm:/app/prod/token")).toEqual({
    service: "ssm",
    name: "/app/prod/token",
    isPath: false,
  });
  expect(readTarget("/app/prod/token")).toEqual(readTarget("ssm:/app/prod/token"));
  expect(readTarget("ssm:/app/prod/*")).toEqual({
    service: "ssm",
    name: "/app/prod",
    isPath: true,
  });
  expect(readTarget("ssm:/*")).toEqual({ service: "ssm", name: "", isPath: true });
  expect(readTarget("secretsmanager:prod/x")).toEqual({
    service: "secretsmanager",
    name: "prod/x",
    isPath: false,
  });
});

test.each([
  "s3:bucket",
  "ssm:",
  "app/token",
  "ssm:/app/*/token",
  "ssm:/app/to?en",
  "ssm:app/*",
  "ssm:/app prod",
  "secretsmanager:prod/*",
  "secretsmanager:a b",
])("%s is refused with the forms that there are", (typed) => {
  expect(() => readTarget(typed)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test("the same targets in any order name the same policy, different ones another", () => {
  const [one, other] = [readTarget("ssm:/app/a"), readTarget("secretsmanager:prod/x")];
  expect(policyNameFor("read", [one, other])).toBe("read-app.a+prod.x");
  expect(policyNameFor("read", [other, one])).toBe("read-app.a+prod.x");
  const many = Array.from({ length: 40 }, (_, at) => readTarget(`ssm:/app/token-${at}`));
  expect(policyNameFor("read", many)).toMatch(/^read-[\w.+-]{1,123}$/);
  expect(policyNameFor("read", many)).not.toBe(policyNameFor("read", many.slice(1)));
});
