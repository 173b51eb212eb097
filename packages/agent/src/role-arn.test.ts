import { expect, test } from "vitest";
import { parseRoleArn } from "./role-arn.ts";

test.each([
  ["arn:aws:iam::123456789012:role/weather-api", "weather-api"],
  ["arn:aws-cn:iam::123456789012:role/team/a/weather-api", "weather-api"],
])("%s is role %s", (arn, name) => {
  expect(parseRoleArn(arn)).toEqual({ accountId: "123456789012", name });
});

test.each([
  "weather-api",
  "arn:aws:iam::123456789012:role/",
  "arn:aws:iam::123456789012:role/a/",
  "arn:aws:iam::123456789012:user/weather-api",
  "arn:aws:iam::12345:role/weather-api",
  "arn:aws:sts::123456789012:assumed-role/weather-api/session",
  `arn:aws:iam::123456789012:role/${"x".repeat(65)}`,
  "arn:aws:iam::123456789012:role/a b",
])("%s is none", (arn) => {
  expect(() => parseRoleArn(arn)).toThrow(RangeError);
});
