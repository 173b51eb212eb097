/** Authentication as a client meets it: each protocol's codes, and headers as they are on the wire. */
import { request as httpRequest } from "node:http";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  getSecretValue,
  independent,
  smithy,
  withHeader,
} from "../../src/authentication/signers.fixture.ts";
import type { HttpRequest } from "../../src/message.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";

let vault: TestVault;

beforeAll(async () => {
  vault = await startVault();
});

afterAll(() => vault.close());

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Sends a signed request as it is; `more` are header lines beside those in it. */
function send({ method, target, headers, body }: HttpRequest, more: string[] = []): Promise<Reply> {
  const lines = Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
  const { hostname, port } = new URL(vault.url);
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path: target, headers: [...lines, ...more] };
    const sent = httpRequest(options, async (reply) => {
      const chunks = await reply.toArray();
      resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe.each([smithy, independent])("signed by $name", ({ sign }) => {
  const signed = (more = {}) =>
    sign(getSecretValue({ at: Date.now(), ...more }), vault.credentials);

  it("a request passes, also with a header that is not ASCII", async () => {
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "secretsmanager.GetSecretValue",
      "x-amz-note": "à la température",
    };
    for (const request of [await signed(), await signed({ headers })]) {
      expect((await send(request)).body).toContain("ResourceNotFoundException");
    }
  });

  it("a presigned GetCallerIdentity passes", async () => {
    const request = await signed({
      method: "GET",
      service: "sts",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: {},
      body: "",
      expiresIn: 60,
    });
    const reply = await send(request);
    expect(reply).toMatchObject({ status: 200 });
    expect(reply.body).toContain(`<Arn>arn:aws:iam::${vault.accountId}:root</Arn>`);
  });

  it("whoever is given a presigned GetCallerIdentity may read the answer as JSON", async () => {
    const presigned = {
      method: "GET",
      service: "sts",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { "x-k8s-aws-id": "cluster" },
      body: "",
      expiresIn: 60,
    };
    const { body } = await send(await signed(presigned), ["accept", "application/json"]);
    expect(JSON.parse(body)).toEqual({
      GetCallerIdentityResponse: {
        GetCallerIdentityResult: {
          UserId: vault.accountId,
          Account: vault.accountId,
          Arn: `arn:aws:iam::${vault.accountId}:root`,
        },
        ResponseMetadata: { RequestId: expect.any(String) },
      },
    });
    const unsigned = { ...(await signed(presigned)), target: "/?Action=GetCallerIdentity" };
    const refused = await send(unsigned, ["accept", "application/json"]);
    expect(JSON.parse(refused.body)).toMatchObject({ Error: { Type: "Sender" } });
  });

  it("header lines sent twice never change what was signed", async () => {
    const request = await signed();
    for (const line of [
      ["x-amz-target", "secretsmanager.DeleteSecret"],
      ["X-Amz-Target", "secretsmanager.GetSecretValue"],
      ["x-amz-date", String(request.headers["x-amz-date"])],
      ["x-amz-note", "added"],
    ]) {
      const { status, body } = await send(request, line);
      expect([status, body]).toEqual([400, expect.stringMatching(/Signature|UnknownOperation/)]);
    }
    // Of two Authorization headers the first counts; here that is the genuine one.
    const other = await send(request, ["authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e"]);
    expect(other.body).toContain("ResourceNotFoundException");
  });

  it("a header sent in several lines is signed as AWS has it: its values joined by commas", async () => {
    const note = { "x-amz-note": "one,two" };
    const { headers } = getSecretValue({ at: Date.now() });
    const request = await signed({ headers: { ...headers, ...note } });
    const { "x-amz-note": _, ...others } = request.headers;
    const lines = ["x-amz-note", "one", "x-amz-note", "two"];
    const { body } = await send({ ...request, headers: others }, lines);
    expect(body).toContain("ResourceNotFoundException");
  });

  it("nothing passes that was signed for another host or path", async () => {
    const request = await signed();
    const elsewhere = withHeader(request, "host", "secretsmanager.us-east-1.amazonaws.com");
    expect((await send(elsewhere)).body).toContain("InvalidSignatureException");
  });
});

describe("refusals in each protocol's spelling", () => {
  const wrongSecret = () => ({ ...vault.credentials, secretAccessKey: "guessed" });
  const unknownKey = () => ({ ...vault.credentials, accessKeyId: "AKIAAAAAAAAAAAAAAAAA" });

  it("AWS JSON", async () => {
    const call = (credentials: typeof vault.credentials) =>
      new SecretsManagerClient({ ...vault.client, credentials }).send(
        new GetSecretValueCommand({ SecretId: "prod/stripe/api" }),
      );
    await expect(call(wrongSecret())).rejects.toMatchObject({ name: "InvalidSignatureException" });
    await expect(call(unknownKey())).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
  });

  it("AWS Query", async () => {
    const call = (credentials: typeof vault.credentials) =>
      new STSClient({ ...vault.client, credentials }).send(new GetCallerIdentityCommand({}));
    await expect(call(wrongSecret())).rejects.toMatchObject({
      name: "SignatureDoesNotMatch",
      $metadata: { httpStatusCode: 403 },
    });
    await expect(call(unknownKey())).rejects.toMatchObject({
      name: "InvalidClientTokenId",
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("a session that has expired", async () => {
    const iam = new IAMClient(vault.client);
    const Statement = {
      Effect: "Allow",
      Principal: { AWS: vault.accountId },
      Action: "sts:AssumeRole",
    };
    await iam.send(
      new CreateRoleCommand({
        RoleName: "weather",
        AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
    const { Credentials } = await new STSClient(vault.client).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${vault.accountId}:role/weather`,
        RoleSessionName: "session",
        DurationSeconds: 900,
      }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const call = () => sts.send(new GetCallerIdentityCommand({}));
    const sts = new STSClient({ ...vault.client, credentials });
    expect((await call()).Arn).toBe(`arn:aws:sts::${vault.accountId}:assumed-role/weather/session`);
    vault.clock.advance(900_000);
    sts.config.systemClockOffset = 900_000;
    await expect(call()).rejects.toMatchObject({
      name: "ExpiredToken",
      message: "The security token included in the request is expired",
    });
  });
});
