import { expect, test } from "vitest";
import { serviceFailure } from "./failures.ts";

test.each([
  ["AccessDeniedException", 400, "refused"],
  ["ParameterNotFound", 400, "refused"],
  ["ThrottlingException", 400, "throttled"],
  ["TooManyRequestsException", 400, "throttled"],
  ["SomethingElse", 429, "throttled"],
  ["InternalServiceError", 500, "outage"],
  ["InternalServerError", 400, "outage"],
  ["ServiceUnavailable", 503, "outage"],
  ["ThrottlingException", 503, "throttled"],
])("%s with a status of %i is %s", (code, status, kind) => {
  expect(serviceFailure({ code, message: "", status }).kind).toBe(kind);
});

test.each([
  ["3", 3000],
  ["0", 0],
  ["86400", 300_000],
  ["-1", undefined],
  ["soon", undefined],
  ["Thu, 01 Jan 1970 00:00:00 GMT", undefined],
  [null, undefined],
])("Retry-After: %s asks to wait %s ms", (retryAfter, milliseconds) => {
  const failure = serviceFailure({ code: "X", message: "", status: 503, retryAfter });
  expect(failure.retryAfterMilliseconds).toBe(milliseconds);
});

test("a date in Retry-After is a moment to come", () => {
  const retryAfter = new Date(Date.now() + 60_000).toUTCString();
  const failure = serviceFailure({ code: "X", message: "", status: 503, retryAfter });
  expect(failure.retryAfterMilliseconds).toBeGreaterThan(50_000);
  expect(failure.retryAfterMilliseconds).toBeLessThanOrEqual(60_000);
});

test("a message has an end", () => {
  const message = "x".repeat(100_000);
  expect(serviceFailure({ code: "X", message, status: 400 }).message).toHaveLength(1000);
});
