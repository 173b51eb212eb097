/**
 * A client that is asked for ever new names keeps as much as it is told to, and no more: found
 * values and missing ones alike. The number of names is CLAVIGER_DISTINCT_KEYS; 100,000 is what
 * the project claims.
 */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanEnvironment } from "../../../tools/harness/vault-process.ts";

const names = process.env.CLAVIGER_DISTINCT_KEYS ?? "6000";
const valueBytes = 8000;

/** A stand-in for Parameter Store that has every parameter, except those whose names say no. */
const parameterStore = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  // It has no change feed.
  if (request.method === "GET") return response.writeHead(404).end();
  const { Name, Names = [Name] } = JSON.parse(body);
  const found = Names.filter((name: string) => !name.startsWith("/missing/"));
  const Parameters = found.map((name: string) => ({
    Name: name,
    ARN: `arn:aws:ssm:us-east-1:123456789012:parameter${name}`,
    Type: "SecureString",
    Value: name.padEnd(valueBytes, "."),
    Version: 1,
  }));
  const isSingle = Name !== undefined;
  const isMissing = isSingle && found.length === 0;
  const output = isSingle
    ? { Parameter: Parameters[0] }
    : { Parameters, InvalidParameters: Names.filter((name: string) => !found.includes(name)) };
  response.writeHead(isMissing ? 400 : 200);
  return response.end(JSON.stringify(isMissing ? { __type: "ParameterNotFound" } : output));
});

beforeAll(() => new Promise<void>((resolve) => parameterStore.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => parameterStore.close(resolve)));

test(`memory is bounded over ${names} distinct keys`, { timeout: 600_000 }, async () => {
  const { port } = parameterStore.address() as AddressInfo;
  const child = fileURLToPath(new URL("distinct-keys.child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, "--expose-gc", child, names],
    {
      env: {
        ...cleanEnvironment(),
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "AKID",
        AWS_SECRET_ACCESS_KEY: "x",
      },
    },
  );
  const { firstBytes, lastBytes } = JSON.parse(stdout);
  // What is asked for after the first quarter would take 36 MB already in the small size.
  expect(lastBytes - firstBytes).toBeLessThan(8_000_000);
});
