import { afterAll, beforeAll, expect, test } from "vitest";
import type { RotatorHost } from "./host.ts";
import { post } from "./invocations.fixture.ts";
import { startTestRotators } from "./testing.ts";

let host: RotatorHost;

beforeAll(async () => {
  host = await startTestRotators();
});

afterAll(() => host.close());

const credentials = { AccessKeyId: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "example" };
const claviger = { Type: "PostgreSQLUser", Credentials: credentials };
const event = {
  Step: "createSecret",
  SecretId: "arn:aws:secretsmanager:us-east-1:123456789012:secret:one-AbCdEf",
  ClientRequestToken: "3c5f7d1e-0000-4000-8000-000000000000",
  Claviger: claviger,
};

test.each([
  ["without a token", ""],
  ["with another token", "Bearer guessed"],
])("nothing is served %s", async (_, authorization) => {
  const types = await fetch(`${host.url}/types`, { headers: { authorization } });
  expect(types.status).toBe(403);
  expect((await post(host, event, { authorization })).status).toBe(403);
});

test("it lists its types, with what each can do and must be told", async () => {
  const response = await get("/types");
  const types = (await response.json()) as { type: string }[];
  expect(types.find(({ type }) => type === "PostgreSQLUser")).toEqual({
    type: "PostgreSQLUser",
    title: "PostgreSQL user",
    strategy: "oneKey",
    revokes: true,
    metadata: expect.objectContaining({
      adminSecretArn: { required: false, says: expect.any(String) },
      strategy: { required: false, says: expect.any(String) },
    }),
    standing: "tested against the real thing",
    documentation: expect.stringMatching(/^https:/),
  });
  expect(types.find(({ type }) => type === "OAuthClientSecret")).toMatchObject({ revokes: false });
});

test("what isn't an invocation is refused as Lambda refuses it", async () => {
  expect((await get("/2015-03-31/functions/built-in/invocations")).status).toBe(404);
  expect((await get("/")).status).toBe(404);
  const async = await post(host, event, { "x-amz-invocation-type": "Event" });
  expect(async.headers.get("x-amzn-errortype")).toBe("InvalidParameterValueException");
  const notJson = await post(host, "{");
  expect(notJson.headers.get("x-amzn-errortype")).toBe("InvalidRequestContentException");
  const tooLong = await post(host, JSON.stringify({ ...event, more: "x".repeat(70_000) }));
  expect(tooLong.status).toBe(413);
});

test.each([
  [null, "The event must be a JSON object."],
  [{ ...event, Step: "deleteSecret" }, /^Step must be one of/],
  [{ ...event, SecretId: "" }, "SecretId must be a text that is not empty."],
  [{ ...event, SecretId: undefined }, "SecretId is missing."],
  [{ ...event, ClientRequestToken: "short" }, "ClientRequestToken must have 32 to 64 characters."],
  [{ ...event, Claviger: undefined }, "Credentials are missing."],
  [with_({ Credentials: "none" }), "Credentials must be a JSON object."],
  [with_({ Credentials: { AccessKeyId: "A" } }), "SecretAccessKey is missing."],
  [with_({ Endpoint: "file:///etc" }), "Endpoint must be an http or https URL."],
  [with_({ Type: "Sesame" }), "Type names no rotator of this host."],
  [with_({ Metadata: { shape: "round" } }), "PostgreSQLUser knows no metadata named shape."],
  [with_({ Metadata: { strategy: 2 } }), "strategy must be a text that is not empty."],
  [with_({ Type: "IAMAccessKey" }), "IAMAccessKey needs the metadata userName."],
])("an event that can't be used fails before anything is done: %j", async (wrong, message) => {
  const response = await post(host, wrong === null ? "null" : wrong);
  expect(response.status).toBe(200);
  expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(await response.json()).toEqual({
    errorType: "InvalidEvent",
    errorMessage: typeof message === "string" ? message : expect.stringMatching(message),
  });
});

test("a vault that can't be reached is told by the system's code", async () => {
  const response = await post(host, with_({ Endpoint: "http://127.0.0.1:1", Region: "us-east-1" }));
  expect(await response.json()).toEqual({
    errorType: "RotationFailure",
    errorMessage: "The step failed: Error, ECONNREFUSED.",
  });
});

function get(path: string): Promise<Response> {
  return fetch(host.url + path, { headers: { authorization: `Bearer ${host.token}` } });
}

function with_(more: object) {
  return { ...event, Claviger: { ...claviger, ...more } };
}
