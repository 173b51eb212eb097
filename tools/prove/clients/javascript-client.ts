/**
 * One unmodified AWS SDK for JavaScript that does what it is told on standard input, as
 * boto3_client.py: a JSON line a call, a JSON line an answer. Nothing is configured here, so
 * endpoint, region and credentials are those of the environment.
 */
import { createInterface } from "node:readline";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";

// biome-ignore lint/suspicious/noExplicitAny: what a package exports, by the operation's name.
type Sdk = any;

const clients = { secretsmanager: new secretsManager.SecretsManager(), ssm: new ssm.SSM() };
const paginators: Readonly<Record<string, Sdk>> = { secretsmanager: secretsManager, ssm };

for await (const line of createInterface({ input: process.stdin })) {
  const { service, operation, input, isPaged } = JSON.parse(line);
  const client: Sdk = clients[service as keyof typeof clients];
  try {
    const output = isPaged
      ? await Array.fromAsync(paginators[service][`paginate${operation}`]({ client }, input))
      : await client[`${operation.charAt(0).toLowerCase()}${operation.slice(1)}`](input);
    process.stdout.write(`${JSON.stringify({ output })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ code: (error as Error).name })}\n`);
  }
}
