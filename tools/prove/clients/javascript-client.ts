/**
 * One unmodified AWS SDK for JavaScript that does what it is told on standard input, as
 * boto3_client.py: a JSON line a call, a JSON line an answer. Nothing is configured here, so
 * endpoint, region and credentials are those of the environment.
 */
import { createInterface } from "node:readline";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { SSM } from "@aws-sdk/client-ssm";

const clients = { secretsmanager: new SecretsManager(), ssm: new SSM() };

for await (const line of createInterface({ input: process.stdin })) {
  const { service, operation, input }: Record<string, string> = JSON.parse(line);
  const method = `${operation?.charAt(0).toLowerCase()}${operation?.slice(1)}`;
  try {
    // biome-ignore lint/suspicious/noExplicitAny: the aggregated client has a method for each.
    const output = await (clients[service as keyof typeof clients] as any)[method](input);
    process.stdout.write(`${JSON.stringify({ output })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ code: (error as Error).name })}\n`);
  }
}
