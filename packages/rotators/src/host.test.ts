import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../tools/harness/eventually.ts";
import type { RotatorHost } from "./host.ts";
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
  expect((await post(event, { authorization })).status).toBe(403);
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
});

test("what isn't an invocation is refused as Lambda refuses it", async () => {
  expect((await get("/2015-03-31/functions/built-in/invocations")).status).toBe(404);
  expect((await get("/")).status).toBe(404);
  const async = await post(event, { "x-amz-invocation-type": "Event" });
  expect(async.headers.get("x-amzn-errortype")).toBe("InvalidParameterValueException");
  const notJson = await post("{");
  expect(notJson.headers.get("x-amzn-errortype")).toBe("InvalidRequestContentException");
  const tooLong = await post(JSON.stringify({ ...event, more: "x".repeat(70_000) }));
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
  const response = await post(wrong === null ? "null" : wrong);
  expect(response.status).toBe(200);
  expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(await response.json()).toEqual({
    errorType: "InvalidEvent",
    errorMessage: typeof message === "string" ? message : expect.stringMatching(message),
  });
});

test("a vault that can't be reached is told by the system's code", async () => {
  const response = await post(with_({ Endpoint: "http://127.0.0.1:1", Region: "us-east-1" }));
  expect(await response.json()).toEqual({
    errorType: "RotationFailure",
    errorMessage: "The step failed: Error, ECONNREFUSED.",
  });
});

test("of a right that is missing it is told whose and which, and nothing else", async () => {
  const denial =
    "User: arn:aws:sts::123456789012:assumed-role/rotator/s is not authorized to perform: secretsmanager:DescribeSecret on resource: arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf";
  const refusing = createServer((_request, response) => {
    response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
    response.end(
      JSON.stringify({ __type: "AccessDeniedException", message: `${denial} because of a-value` }),
    );
  });
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  const { port } = refusing.address() as AddressInfo;
  const Endpoint = `http://127.0.0.1:${port}`;
  const response = await post(with_({ Endpoint, Region: "us-east-1" }));
  expect(await response.json()).toEqual({
    errorType: "RotationFailure",
    errorMessage: `${denial}.`,
  });
  refusing.close();
});

test("of too many steps at once those beyond the bound are refused", async () => {
  const waiting: ServerResponse[] = [];
  const hanging = createServer((_request, response) => waiting.push(response));
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
  const { port } = hanging.address() as AddressInfo;
  const Endpoint = `http://127.0.0.1:${port}`;
  const ask = (SecretId: string) =>
    post({ ...with_({ Endpoint, Region: "us-east-1" }), Step: "testSecret", SecretId });
  const all = Array.from({ length: 32 }, (_, index) => ask(`secret ${index}`));
  await eventually(() => expect(waiting).toHaveLength(32));
  const { status, headers } = await ask("one more");
  expect([status, headers.get("x-amzn-errortype")]).toEqual([429, "TooManyRequestsException"]);
  for (const response of waiting) response.writeHead(400).end("{}");
  for (const { status } of await Promise.all(all)) expect(status).toBe(200);
  hanging.close();
});

function get(path: string): Promise<Response> {
  return fetch(host.url + path, { headers: { authorization: `Bearer ${host.token}` } });
}

function with_(more: object) {
  return { ...event, Claviger: { ...claviger, ...more } };
}

/** As the vault asks. */
function post(event: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${host.url}/2015-03-31/functions/built-in/invocations`, {
    method: "POST",
    headers: { authorization: `Bearer ${host.token}`, ...headers },
    body: typeof event === "string" ? event : JSON.stringify(event),
  });
}
