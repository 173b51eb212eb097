/**
 * Requests that no SDK would send: what names no operation, can't be read or isn't signed has
 * AWS's code and message in its protocol's form and an audit event, and changes nothing.
 */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { smithy } from "../../src/authentication/signers.fixture.ts";
import { iam } from "../../src/operations/iam/service.ts";
import { secretsmanager } from "../../src/operations/secretsmanager/service.ts";
import {
  asForm,
  asJson,
  eventOf,
  everything,
  expectRefused,
  http,
  meetFurnishedVault,
  vault,
} from "./bad-input.fixture.ts";

meetFurnishedVault();

const target = { "x-amz-target": "secretsmanager.GetSecretValue" };
const body = '{"SecretId":"kept"}';

describe("requests that name no operation", () => {
  const unknownOperation = { status: 400, code: "UnknownOperationException" };

  test.each([
    ["an unknown operation", { ...asJson, "x-amz-target": "secretsmanager.GetSecret" }],
    ["an unknown service", { ...asJson, "x-amz-target": "secretmanager.GetSecretValue" }],
    ["another case", { ...asJson, "x-amz-target": "SecretsManager.GetSecretValue" }],
    ["a name of JavaScript's", { ...asJson, "x-amz-target": "secretsmanager.__proto__" }],
    ["a very long name", { ...asJson, "x-amz-target": "x".repeat(8000) }],
    ["an empty target", { ...asJson, "x-amz-target": "" }],
    ["no target", asJson],
    ["no content type", target],
    ["a content type of plain JSON", { ...target, "content-type": "application/json" }],
    ["another version of AWS JSON", { ...target, "content-type": "application/x-amz-json-1.0" }],
    ["a form's content type", { ...target, ...asForm }],
  ])("%s, signed or not", async (_, headers) => {
    const expected = { ...unknownOperation, message: /./ };
    await expectRefused(() => http.signed({ service: "secretsmanager", headers, body }), expected);
    await expectRefused(() => http.send("POST", "/", headers, body), expected);
  });

  test("another method than POST", async () => {
    const headers = { ...asJson, ...target };
    for (const method of ["GET", "PUT", "DELETE"]) {
      await expectRefused(() => http.signed({ service: "secretsmanager", method, headers, body }), {
        ...unknownOperation,
        message: "An operation is called with the method POST.",
      });
    }
  });

  test.each([
    ["", "MissingAction", "The request must contain the parameter Action."],
    [
      "Action=GetUser",
      "InvalidAction",
      "Could not find operation GetUser for version NO_VERSION_SPECIFIED",
    ],
    [
      "Action=GetSecretValue&Version=2010-05-08",
      "InvalidAction",
      "Could not find operation GetSecretValue for version 2010-05-08",
    ],
    [
      "Action=constructor&Version=__proto__",
      "InvalidAction",
      "Could not find operation constructor for version __proto__",
    ],
    [
      "Action=AssumeRole&Version=2010-05-08",
      "InvalidAction",
      "Could not find operation AssumeRole for version 2010-05-08",
    ],
  ])("the form %j", async (sent, code, message) => {
    await expectRefused(() => http.form(iam, sent), { status: 400, code, message });
  });
});

describe("bodies that can't be read", () => {
  test.each(["", "{", "null", "5", '"text"', "{'SecretId':'kept'}", `${body},`, `\ufeff${body}`])(
    "%j in place of a JSON object",
    async (sent) => {
      const expected = { status: 400, code: "SerializationException", message: "" };
      await expectRefused(() => http.json(secretsmanager, "GetSecretValue", sent), expected);
    },
  );

  test("bytes that are no UTF-8", async () => {
    const bytes = Buffer.from('{"SecretId":"\xff"}', "latin1");
    await expectRefused(
      () =>
        http.signed({
          service: "secretsmanager",
          headers: { ...asJson, ...target },
          body: bytes,
        }),
      { status: 400, code: "SerializationException", message: "" },
    );
  });

  test("nesting without end", async () => {
    await expectRefused(() => http.json(secretsmanager, "GetSecretValue", "[".repeat(1_000_000)), {
      status: 400,
      code: "SerializationException",
      message: "",
    });
  });

  test.each([asJson, asForm])("more than a mebibyte, %j", async (type) => {
    const tooLarge = {
      status: 413,
      code: "RequestEntityTooLarge",
      message: "The request's body exceeds 1048576 bytes.",
    };
    const long = Buffer.alloc(1_048_577, "a");
    const headers = type === asJson ? { ...asJson, ...target } : asForm;
    await expectRefused(
      () => http.signed({ service: "secretsmanager", headers, body: long }),
      tooLarge,
    );
  });

  test("a compressed body", async () => {
    const headers = { ...asJson, ...target, "content-encoding": "gzip" };
    await expectRefused(() => http.signed({ service: "secretsmanager", headers, body }), {
      status: 415,
      code: "UnsupportedMediaType",
      message: "Bodies are sent as they are: no Content-Encoding, and no aws-chunked.",
    });
  });

  test("a body that is cut off", async () => {
    const before = await everything();
    const { headers } = await smithy.sign(
      { method: "POST", path: "/", headers: { ...asJson, ...target }, body, at: vault.clock.now() },
      vault.credentials,
    );
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    const head = `POST / HTTP/1.1\r\n${lines.join("")}content-length: ${body.length}\r\n\r\n`;
    const reply = await talk(`${head}${body.slice(0, 5)}`);
    expect(reply).toMatch(/^HTTP\/1\.1 400 (?:.|\s)*"__type":"IncompleteBody"/);
    const [, requestId] = /x-amzn-requestid: (.*)\r\n/i.exec(reply) ?? [];
    const event = await eventOf(({ requestID }) => requestID === requestId);
    expect(event).toMatchObject({ eventName: "GetSecretValue", errorCode: "IncompleteBody" });
    expect(await everything()).toEqual(before);
  });

  test.each([
    ["no HTTP", "\x16\x03\x01 hello\r\n\r\n", 400],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nhost: v\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
      400,
    ],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nhost: v\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["headers without end", `GET / HTTP/1.1\r\nhost: v\r\nx: ${"x".repeat(40_000)}\r\n\r\n`, 431],
  ])("%s is refused before it is a request", async (_, bytes, status) => {
    expect(await talk(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(vault.faults).toEqual([]);
  });
});

/** What the vault answers to bytes after which nothing more comes. */
function talk(bytes: string): Promise<string> {
  const { hostname, port } = new URL(vault.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("end", () => {
      socket.end();
      resolve(answer);
    });
    socket.on("error", reject);
    socket.end(bytes, "latin1");
  });
}

describe("signatures", () => {
  const unknownKey = () => ({ ...vault.credentials, accessKeyId: "AKIAUNKNOWNUNKNOWN12" });
  const wrongSecret = () => ({ ...vault.credentials, secretAccessKey: "guessed" });
  const wrongToken = () => ({ ...vault.credentials, sessionToken: "guessed" });
  const form = `Action=GetUser&Version=${iam.version}`;
  const mismatch =
    "The request signature we calculated does not match the signature you provided. Check your " +
    "AWS Secret Access Key and signing method. Consult the service documentation for details.";
  const invalid = "The security token included in the request is invalid.";

  test.each([
    ["an unknown key", unknownKey, "UnrecognizedClientException", "InvalidClientTokenId", invalid],
    ["a wrong secret", wrongSecret, "InvalidSignatureException", "SignatureDoesNotMatch", mismatch],
    ["a wrong token", wrongToken, "UnrecognizedClientException", "InvalidClientTokenId", invalid],
  ])("%s, in each protocol's words", async (_, keys, jsonCode, queryCode, message) => {
    const sendJson = () => http.json(secretsmanager, "GetSecretValue", body, keys());
    await expectRefused(sendJson, { status: 400, code: jsonCode, message });
    const sendForm = () => http.form(iam, form, keys());
    await expectRefused(sendForm, { status: 403, code: queryCode, message });
  });

  test("no signature at all", async () => {
    await expectRefused(() => http.send("POST", "/", { ...asJson, ...target }, body), {
      status: 400,
      code: "MissingAuthenticationTokenException",
      message: "Missing Authentication Token",
    });
    await expectRefused(() => http.send("GET", `/?${form}`, {}, ""), {
      status: 403,
      code: "MissingAuthenticationToken",
      message: "Request is missing Authentication Token",
    });
  });

  test("another service's, another region's", async () => {
    const headers = { ...asJson, ...target };
    const wrong = (what: string) => ({
      status: 400,
      code: "InvalidSignatureException",
      message: `Credential should be scoped to ${what} `,
    });
    await expectRefused(
      () => http.signed({ service: "ssm", headers, body }),
      wrong("correct service: 'secretsmanager'."),
    );
    await expectRefused(
      () => http.signed({ service: "secretsmanager", region: "Nowhere", headers, body }),
      wrong("a valid region."),
    );
  });

  test("an Authorization header of any other form", async () => {
    const send = (authorization: string) =>
      http.send("POST", "/", { ...asJson, ...target, authorization }, body);
    for (const authorization of [
      "Basic YTpi",
      "AWS4-HMAC-SHA256",
      "AWS4-HMAC-SHA256 Credential=a/b",
      `AWS4-HMAC-SHA256 Credential=${"/".repeat(5000)}, SignedHeaders=host, Signature=0`,
      "AWS4-HMAC-SHA256 Credential=__proto__/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=constructor, Signature=x",
    ]) {
      const reply = await send(authorization);
      expect([reply.status, reply.code]).toEqual([
        400,
        expect.stringMatching(
          /^(IncompleteSignature|InvalidSignature|MissingAuthenticationToken)Exception$/,
        ),
      ]);
      const event = await eventOf(({ requestID }) => requestID === reply.requestId);
      expect(event).toMatchObject({ errorCode: reply.code, userIdentity: { type: "Unknown" } });
      vault.clock.advance(60_000);
    }
  });
});
