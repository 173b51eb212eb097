import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import aws4 from "aws4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invocationUrl, invoke } from "./lambda-invoke.ts";
import { signedHeaders } from "./lambda-signature.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate";
const event = { Step: "createSecret" };

describe("a function's address", () => {
  it.each([
    [
      "http://127.0.0.1:9000",
      arn,
      false,
      "http://127.0.0.1:9000/2015-03-31/functions/rotate/invocations",
    ],
    [
      "http://rie/2015-03-31/functions/function/invocations",
      arn,
      false,
      "http://rie/2015-03-31/functions/function/invocations",
    ],
    [
      "http://a",
      `${arn}:live`,
      false,
      "http://a/2015-03-31/functions/rotate/invocations?Qualifier=live",
    ],
    [
      "https://a",
      arn,
      true,
      `https://a/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
    ],
  ])("%s", (endpoint, name, isSigned, url) => {
    expect(invocationUrl(endpoint, name, isSigned)).toBe(url);
  });
});

it("signs as another signer does", () => {
  const keys = {
    accessKeyId: "AKIAIOSFODNN7EXAMPLE",
    secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    sessionToken: "a token",
  };
  const url = invocationUrl("https://lambda.eu-west-1.amazonaws.com", `${arn}:live`, true);
  const { host, pathname, search } = new URL(url);
  const body = JSON.stringify(event);
  const headers = {
    "content-type": "application/json",
    "x-amz-invocation-type": "RequestResponse",
  };
  const now = Date.UTC(2026, 0, 1, 12);
  const ours = signedHeaders({ url, headers, body, keys, region: "eu-west-1", now });
  const { authorization: _, ...unsigned } = ours;
  const theirs = aws4.sign(
    {
      service: "lambda",
      region: "eu-west-1",
      method: "POST",
      host,
      path: pathname + search,
      headers: unsigned,
      body,
      extraHeadersToIgnore: { "content-length": true },
    } as Parameters<typeof aws4.sign>[0],
    keys,
  );
  expect(ours.authorization).toBe(theirs.headers?.Authorization);
});

describe("an invocation", () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const server = createServer((request, response) => answer(request, response));
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const asked = (signal = AbortSignal.timeout(5000)) => invoke({ url }, event, signal);
  const reason = async (signal?: AbortSignal) =>
    asked(signal).then(
      () => "nothing",
      (error) => error.reason,
    );

  it("gives the reply, or none", async () => {
    answer = (_, response) => response.end('{"OldKeyIsDead":true}');
    expect(await asked()).toEqual({ OldKeyIsDead: true });
    answer = (_, response) => response.end();
    expect(await asked()).toBeUndefined();
  });

  it("fails with what the function threw", async () => {
    answer = (_, response) => {
      response.setHeader("x-amz-function-error", "Unhandled");
      response.end('{"errorType":"ValueError","errorMessage":"no such secret"}');
    };
    expect(await reason()).toBe("ValueError: no such secret");
    answer = (_, response) => {
      response.setHeader("x-amz-function-error", "Unhandled");
      response.end("killed");
    };
    expect(await reason()).toBe("Unhandled");
  });

  it("fails with what the service says", async () => {
    answer = (_, response) => response.writeHead(404).end('{"Message":"Function not found"}');
    expect(await reason()).toBe("The rotator answered with HTTP 404: Function not found");
    answer = (_, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end();
    expect(await reason()).toBe("The rotator answered with HTTP 307");
  });

  it("fails where the reply is too long, no JSON, late, or there is none", async () => {
    answer = (_, response) => response.end("x".repeat(300_000));
    expect(await reason()).toBe("The rotator's reply is too long");
    answer = (_, response) => response.end("<html>");
    expect(await reason()).toBe("The rotator's reply is no JSON");
    answer = () => {};
    expect(await reason(AbortSignal.timeout(20))).toBe("The rotator did not answer in time");
    answer = (_, response) => void response.writeHead(200).write("{");
    expect(await reason(AbortSignal.timeout(20))).toBe("The rotator did not answer in time");
    answer = (request) => request.socket.destroy();
    expect(await reason()).toBe("The rotator can't be reached");
    const upgrade =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n";
    answer = (request) => request.socket.end(upgrade);
    expect(await reason()).toBe("The rotator can't be reached");
  });
});
