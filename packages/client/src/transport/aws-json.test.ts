import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { outputOf } from "./aws-json.ts";
import { TransportError } from "./transport.ts";

function failureOf(status: number, text: string, headers: Record<string, string> = {}) {
  try {
    outputOf({ status, text, headers: new Headers(headers) });
  } catch (error) {
    if (error instanceof TransportError) return error;
  }
  return expect.unreachable("it did not fail");
}

test.each([
  ['{"__type":"ParameterNotFound"}', {}, "ParameterNotFound"],
  ['{"__type":"com.amazonaws.x.v1#AccessDeniedException"}', {}, "AccessDeniedException"],
  ['{"code":"ResourceNotFoundException"}', {}, "ResourceNotFoundException"],
  ["{}", { "x-amzn-ErrorType": "ThrottlingException:http://aws/" }, "ThrottlingException"],
  ["", { "x-amzn-ErrorType": "InternalServerError" }, "InternalServerError"],
])("of %s with %o the code is %s", (text, headers, code) => {
  expect(failureOf(400, text, headers).code).toBe(code);
});

test("the message has AWS's, in either spelling", () => {
  const said = "User is not authorized";
  for (const name of ["message", "Message"]) {
    const body = JSON.stringify({ __type: "AccessDeniedException", [name]: said });
    expect(failureOf(400, body).message).toBe(`AccessDeniedException: ${said}`);
  }
});

test.each([
  [200, "<html>log in to the hotel</html>"],
  [200, '{"Parameter":{"Value":"wx_1'],
  [200, "null"],
  [200, "[]"],
  [403, "<html>the proxy says no</html>"],
  [404, '{"wx":"wx_1"}'],
  [400, '{"__type":"wx_1 is no code"}'],
  [502, "wx_1"],
])("%i %s is nobody's decision, and is not quoted", (status, text) => {
  const error = failureOf(status, text);
  expect(error).toMatchObject({ kind: "outage", code: "Unreadable" });
  expect(inspect(error)).not.toContain("wx_1");
});

test("429 is too often, whoever says it", () => {
  const error = failureOf(429, "slow down", { "Retry-After": "2" });
  expect(error).toMatchObject({ kind: "throttled", retryAfterMilliseconds: 2000 });
});

test("whatever comes is an object or a failure that quotes nothing of what is no message", () => {
  const status = fc.integer({ min: 200, max: 599 });
  const body = fc.oneof(fc.json(), fc.string({ unit: "binary" }), fc.constant(""));
  fc.assert(
    fc.property(status, body, (status, text) => {
      const planted = `wx_1${text}`;
      const error = failureOf(status, planted);
      expect(error.kind).toBe(status === 429 ? "throttled" : "outage");
      expect(error.message).not.toContain("wx_1");
      try {
        expect(typeof outputOf({ status, text, headers: new Headers() })).toBe("object");
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TransportError);
      }
    }),
  );
});
