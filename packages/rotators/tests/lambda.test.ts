/** The rotators as a function of AWS Lambda's, which finds all but the event in its environment. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { expect, onTestFinished, test, vi } from "vitest";
import { startVault } from "../../vault/src/testing/index.ts";
import { handler } from "../src/index.ts";
import { startAuthorizationServer } from "./stand-ins/authorization-server.ts";

const context = { getRemainingTimeInMillis: () => 30_000 };

test("a function's own variables say which rotator it is, and its role does the rest", async () => {
  const RotationLambdaARN = "arn:aws:lambda:us-east-1:123456789012:function:rotate-oauth";
  const [server, lambda] = await Promise.all([startAuthorizationServer(), startLambda()]);
  const folder = mkdtempSync(join(tmpdir(), "claviger-rotators-"));
  const rotators = join(folder, "rotators.json");
  const functions = { [RotationLambdaARN]: { endpoint: lambda.url } };
  writeFileSync(rotators, JSON.stringify({ functions }));
  const vault = await startVault({ rotators });
  onTestFinished(async () => {
    await Promise.all([vault.close(), server.close(), lambda.close()]);
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
  });
  const { accessKeyId, secretAccessKey } = vault.credentials;
  const metadata = { tokenEndpoint: server.tokenEndpoint };
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: vault.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    CLAVIGER_ROTATOR_TYPE: "OAuthClientSecret",
    CLAVIGER_ROTATOR_METADATA: JSON.stringify(metadata),
  })) {
    vi.stubEnv(name, value);
  }
  const secrets = new SecretsManager(vault.client);
  const SecretId = "oauth";
  await secrets.createSecret({ Name: SecretId, SecretString: JSON.stringify(server.registered) });
  await secrets.rotateSecret({
    SecretId,
    RotationLambdaARN,
    RotationRules: { AutomaticallyAfterDays: 30 },
  });
  await vi.waitUntil(async () => (await secrets.describeSecret({ SecretId })).LastRotatedDate, {
    timeout: 15_000,
  });
  const { SecretString = "" } = await secrets.getSecretValue({ SecretId });
  expect(server.isGood(JSON.parse(SecretString).client_secret)).toBe(true);
  expect(SecretString).not.toContain(server.registered.client_secret);
  secrets.destroy();
});

test("a function that isn't configured says what is wrong", async () => {
  const event = {
    Step: "createSecret",
    SecretId: "arn:aws:secretsmanager:us-east-1:123456789012:secret:one-AbCdEf",
    ClientRequestToken: "3c5f7d1e-0000-4000-8000-000000000000",
  };
  await expect(handler(event, context)).rejects.toThrow("Type names no rotator");
  vi.stubEnv("CLAVIGER_ROTATOR_METADATA", "hunter2");
  await expect(handler(event, context)).rejects.toThrow(
    /^CLAVIGER_ROTATOR_METADATA must be JSON.$/,
  );
  vi.unstubAllEnvs();
});

/** A stand-in for Lambda, which invokes the handler in this process. */
async function startLambda() {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const reply = await handler(JSON.parse(Buffer.concat(chunks).toString()), context).catch(
      ({ name: errorType, message: errorMessage }: Error) => {
        response.setHeader("x-amz-function-error", "Unhandled");
        return { errorType, errorMessage };
      },
    );
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
