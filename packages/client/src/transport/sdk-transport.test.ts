/** With the AWS SDK's own clients, against stand-ins of the services. */
import { inspect } from "node:util";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { createSecrets } from "../create-secrets.ts";
import { sdkTransport } from "./sdk-transport.ts";
import { signedTransport } from "./signed-transport.ts";
import { type Answer, json, rejection, standIn } from "./stand-in.fixture.ts";
import { TransportError } from "./transport.ts";

async function transports(answer: Answer, timeoutSeconds = 5) {
  const { url, asked } = await standIn(answer);
  const credentials = { accessKeyId: "AKID", secretAccessKey: "x" };
  const place = { endpoint: url, region: "eu-west-1", credentials };
  const own = signedTransport({ ...place, environment: {}, timeoutSeconds });
  const clients = {
    ssm: new SSM({ ...place, maxAttempts: 1 }),
    secretsManager: new SecretsManagerClient({ ...place, maxAttempts: 1 }),
  };
  return { own, sdk: sdkTransport({ clients, timeoutSeconds }, own), clients, asked };
}

test("nobody behind it can tell it from our own", async () => {
  const { own, sdk, asked } = await transports(({ headers }, response) => {
    const isSecret = String(headers["x-amz-target"]).startsWith("secretsmanager.");
    const secret = { Name: "s", SecretBinary: "d3g=", CreatedDate: 1700000000.25 };
    const parameters = [{ Name: "/p", Value: "wx", Version: 3, LastModifiedDate: 1700000000.5 }];
    json(response, 200, isSecret ? secret : { Parameters: parameters, InvalidParameters: ["/q"] });
  });
  for (const [service, operation, input] of [
    ["ssm", "GetParameters", { Names: ["/p", "/q"], WithDecryption: true }],
    ["secretsmanager", "GetSecretValue", { SecretId: "s" }],
  ] as const) {
    const ours = await own.send(service, operation, input);
    expect(await sdk.send(service, operation, input)).toEqual(ours);
  }
  const [one, other] = asked;
  expect(other?.body).toBe(one?.body);
});

test("a service without a client goes the other way", async () => {
  const { own, clients } = await transports((_, response) => json(response, 200, { ok: 1 }));
  const { ssm } = clients;
  const mixed = sdkTransport({ clients: { ssm }, timeoutSeconds: 5 }, own);
  const input = { SecretId: "s" };
  expect(await mixed.send("secretsmanager", "GetSecretValue", input)).toEqual({ ok: 1 });
  expect(mixed.region).toBe("eu-west-1");
});

test.each([
  [400, "AccessDeniedException", "refused"],
  [400, "ThrottlingException", "throttled"],
  [500, "InternalServerError", "outage"],
])("%i %s is %s, as from our own", async (status, code, kind) => {
  const body = { __type: code, message: "why" };
  const answer: Answer = (_, response) => json(response, status, body, { "Retry-After": "2" });
  const { own, sdk } = await transports(answer);
  for (const transport of [own, sdk]) {
    const error = await rejection(transport.send("ssm", "GetParameter", { Name: "/p" }));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code, kind, retryAfterMilliseconds: 2000 });
    expect(error).toHaveProperty("message", `${code}: why`);
  }
});

test("a reply that is no JSON is an outage, and not quoted as the SDK's own error does", async () => {
  const { sdk } = await transports((_, response) => response.end('{"SecretString":"wx_1" oops'));
  const error = await rejection(sdk.send("secretsmanager", "GetSecretValue", { SecretId: "s" }));
  expect(error).toMatchObject({ kind: "outage" });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("wx_1");
});

test("no reply is an outage, when the time is up at the latest", async () => {
  const gone = await transports((_, { socket }) => socket?.resetAndDestroy());
  const reset = await rejection(gone.sdk.send("ssm", "GetParameter", { Name: "/p" }));
  expect(reset).toMatchObject({ code: "Unreachable", kind: "outage" });
  const silent = await transports(() => {}, 0.05);
  const timedOut = await rejection(silent.sdk.send("ssm", "GetParameter", { Name: "/p" }));
  expect(timedOut).toMatchObject({ code: "TimedOut", kind: "outage" });
});

test("the caller's signal ends it with its own reason", async () => {
  const caller = new AbortController();
  const { sdk } = await transports(() => caller.abort(new Error("gone")));
  const pending = sdk.send("ssm", "GetParameter", { Name: "/p" }, caller.signal);
  expect(await rejection(pending)).toEqual(new Error("gone"));
});

test("a client that heeds no signal keeps nobody waiting", async () => {
  const { own } = await transports(() => {});
  const ssm = { send: () => new Promise<never>(() => {}) };
  const stuck = sdkTransport({ clients: { ssm }, timeoutSeconds: 0.05 }, own);
  const timedOut = await rejection(stuck.send("ssm", "GetParameter", { Name: "/p" }));
  expect(timedOut).toMatchObject({ code: "TimedOut", kind: "outage" });
});

test("what a client has tried again itself is not tried again by us", async () => {
  for (const answer of [
    (_, response) => json(response, 500, { __type: "InternalServerError" }),
    (_, { socket }) => socket?.resetAndDestroy(),
  ] satisfies Answer[]) {
    const { url, asked } = await standIn(answer);
    const credentials = { accessKeyId: "AKID", secretAccessKey: "x" };
    const ssm = new SSM({ endpoint: url, region: "eu-west-1", credentials, maxAttempts: 2 });
    const secrets = createSecrets({ clients: { ssm }, push: false });
    await expect(secrets.parameter("/p").get()).rejects.toMatchObject({ code: "Unavailable" });
    expect(asked.length).toBeLessThanOrEqual(2);
  }
});
