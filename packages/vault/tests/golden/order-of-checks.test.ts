/**
 * The order of the checks is part of the wire: of several things that are wrong with a request,
 * the caller is told the first of this table. Each row is wrong in its own way and in the way of
 * every row below it, so that a swapped pair of checks shows.
 */
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";

let vault: TestVault;
let nobody: { accessKeyId: string; secretAccessKey: string };

beforeAll(async () => {
  vault = await startVault();
  const { IAM } = await import("@aws-sdk/client-iam");
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName: "nobody" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "nobody" });
  nobody = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
});

afterAll(() => vault?.close());

interface Wrong {
  readonly because: string;
  readonly expected: string;
  readonly body: string;
  readonly target: string;
  readonly credentials: "none" | "unknown" | "forged" | "nobody" | "root";
}

const malformed = "{";
const missingMember = "{}";
const unknownSecret = '{"SecretId":"no/such/secret"}';

const rows: readonly Wrong[] = [
  {
    because: "the body is too long",
    expected: "RequestEntityTooLarge",
    body: "x".repeat(1024 * 1024 + 1),
    target: "secretsmanager.NoSuchOperation",
    credentials: "none",
  },
  {
    because: "there is no such operation",
    expected: "UnknownOperationException",
    body: malformed,
    target: "secretsmanager.NoSuchOperation",
    credentials: "none",
  },
  {
    because: "nobody signed it",
    expected: "MissingAuthenticationTokenException",
    body: malformed,
    target: "secretsmanager.GetSecretValue",
    credentials: "none",
  },
  {
    because: "the key is unknown",
    expected: "UnrecognizedClientException",
    body: malformed,
    target: "secretsmanager.GetSecretValue",
    credentials: "unknown",
  },
  {
    because: "the signature is wrong",
    expected: "InvalidSignatureException",
    body: malformed,
    target: "secretsmanager.GetSecretValue",
    credentials: "forged",
  },
  {
    because: "the body is no JSON",
    expected: "SerializationException",
    body: malformed,
    target: "secretsmanager.GetSecretValue",
    credentials: "nobody",
  },
  {
    because: "a member is missing",
    expected: "ValidationException",
    body: missingMember,
    target: "secretsmanager.GetSecretValue",
    credentials: "nobody",
  },
  {
    because: "no policy allows it",
    expected: "AccessDeniedException",
    body: unknownSecret,
    target: "secretsmanager.GetSecretValue",
    credentials: "nobody",
  },
  {
    because: "there is no such secret",
    expected: "ResourceNotFoundException",
    body: unknownSecret,
    target: "secretsmanager.GetSecretValue",
    credentials: "root",
  },
];

test.each(rows)("$expected because $because", async ({ expected, ...wrong }) => {
  const response = await send(wrong);
  const { __type } = (await response.json()) as { __type: string };
  expect(__type).toBe(expected);
  expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  expect(vault.faults).toEqual([]);
});

async function send({ body, target, credentials }: Omit<Wrong, "expected" | "because">) {
  const { host, hostname, port } = new URL(vault.url);
  const request = {
    method: "POST",
    protocol: "http:",
    hostname,
    port: Number(port),
    path: "/",
    query: {},
    headers: { host, "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body,
  };
  const keys = {
    none: undefined,
    unknown: { ...vault.credentials, accessKeyId: "AKIAUNKNOWNUNKNOWN12" },
    forged: { ...vault.credentials, secretAccessKey: "another secret access key" },
    nobody,
    root: vault.credentials,
  }[credentials];
  const signed =
    keys === undefined
      ? request
      : await new SignatureV4({
          credentials: keys,
          region: "us-east-1",
          service: "secretsmanager",
          sha256: Sha256,
        }).sign(request);
  return fetch(vault.url, { method: "POST", headers: signed.headers, body });
}

/** SHA-256 and HMAC in the form that the signer asks for. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array);
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}
