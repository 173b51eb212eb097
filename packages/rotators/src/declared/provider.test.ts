/** Calls over real HTTP, to a server that misbehaves. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Call } from "./description.ts";
import { send, succeed } from "./provider.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

const list: Call = { method: "GET", path: "/keys" };
const create: Call = { method: "POST", path: "/keys", json: { name: "{name}" } };

async function started(handle: Handler) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    handle(request, response, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const provider = {
    baseUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`),
    authentication: { headers: { authorization: "Bearer {credential}" } },
    signal: new AbortController().signal,
  };
  return { provider, seen };
}

const bindings = { name: "claviger-1", credential: "planted-credential" };
const answer = (response: ServerResponse, status: number, headers = {}, body = "{}") =>
  response.writeHead(status, headers).end(body);

describe("a provider that is busy", () => {
  test.each([429, 503])("with status %i is asked again when it says", async (status) => {
    const { provider, seen } = await started((_, response, attempt) =>
      attempt < 4 ? answer(response, status, { "retry-after": "0" }) : answer(response, 200),
    );
    expect((await send(provider, list, bindings)).status).toBe(200);
    expect(seen).toHaveLength(4);
  });

  test("for longer than a step has time for is left to the next try", async () => {
    const { provider, seen } = await started((_, response) =>
      answer(response, 429, { "retry-after": "3600" }),
    );
    expect((await send(provider, list, bindings)).status).toBe(429);
    expect(seen).toHaveLength(1);
  });

  test("with what must not be done twice is asked once", async () => {
    const { provider, seen } = await started((_, response) =>
      answer(response, 503, { "retry-after": "0" }),
    );
    await expect(succeed(provider, create, bindings)).rejects.toThrow(
      "POST /keys was answered with status 503.",
    );
    expect(seen).toHaveLength(1);
  });

  test("and refuses what is too much for it has not done it", async () => {
    const { provider, seen } = await started((_, response, attempt) =>
      attempt < 2 ? answer(response, 429, { "retry-after": "0" }) : answer(response, 201),
    );
    expect((await send(provider, create, bindings)).status).toBe(201);
    expect(seen).toHaveLength(2);
  });

  test("with an idempotency key is asked again, with the same one", async () => {
    const { provider, seen } = await started((_, response, attempt) =>
      attempt < 2 ? answer(response, 503, { "retry-after": "0" }) : answer(response, 200),
    );
    await send(provider, { ...create, idempotencyHeader: "Idempotency-Key" }, bindings);
    expect(seen.map(({ headers }) => headers["idempotency-key"])).toEqual([
      "claviger-1",
      "claviger-1",
    ]);
  });
});

test("an answer that breaks off is one that was lost", async () => {
  const { provider, seen } = await started((_, response, attempt) =>
    attempt < 3 ? response.destroy() : answer(response, 200),
  );
  expect((await send(provider, list, bindings)).status).toBe(200);
  expect(seen).toHaveLength(3);
  const broken = await started((_, response) => response.destroy());
  await expect(send(broken.provider, create, bindings)).rejects.toThrow(
    /^POST \/keys got no answer \(\w+\)\.$/,
  );
});

test("a redirect is not followed, credential in hand", async () => {
  const { provider, seen } = await started((_, response) =>
    answer(response, 307, { location: "/v1/elsewhere" }),
  );
  await expect(send(provider, list, bindings)).rejects.toThrow("was redirected (307)");
  expect(seen).toHaveLength(1);
});

test("a reply without end is read to its bound", async () => {
  const { provider } = await started((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
      response.once("drain", more);
    };
    more();
  });
  await expect(send(provider, list, bindings)).rejects.toThrow("is longer than 4194304 bytes");
});

test("what the step has no time for ends with it", async () => {
  const { provider } = await started(() => stop.abort(new Error("the step's time is over")));
  const stop = new AbortController();
  await expect(send({ ...provider, signal: stop.signal }, list, bindings)).rejects.toThrow(
    "time is over",
  );
});

test("no error holds what was sent or received", async () => {
  const { provider } = await started((_, response) => answer(response, 400, {}, '"planted-reply"'));
  const error = await succeed(provider, { ...create, path: "/{name}" }, bindings).catch(String);
  expect(error).toBe("RotationFailure: POST /{name} was answered with status 400.");
  const broken = { ...bindings, credential: "planted\r\ncredential" };
  const refused = await send(provider, create, broken).catch(String);
  expect(refused).toBe(
    "RotationFailure: No header can hold the secret: is there a line feed in it?",
  );
});

test("bodies and credentials have the form that is described", async () => {
  const bodies: string[] = [];
  const { provider, seen } = await started(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    bodies.push(body);
    answer(response, 200);
  });
  await send(provider, create, bindings);
  await send(
    provider,
    { method: "POST", path: "/k", form: { n: "{name}" }, query: { q: "a b" } },
    bindings,
  );
  const basic = { basic: { user: "api", password: "{credential}" } };
  const multipart = { n: "{name}" };
  await send(provider, { method: "POST", path: "/k", multipart, authentication: basic }, bindings);
  expect(seen.map(({ url }) => url)).toEqual(["/v1/keys", "/v1/k?q=a+b", "/v1/k"]);
  expect(bodies[0]).toBe('{"name":"claviger-1"}');
  expect(bodies[1]).toBe("n=claviger-1");
  expect(bodies[2]).toContain('name="n"\r\n\r\nclaviger-1\r\n');
  const pair = Buffer.from("api:planted-credential").toString("base64");
  expect(seen.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer planted-credential",
    "Bearer planted-credential",
    `Basic ${pair}`,
  ]);
});
