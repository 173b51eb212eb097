/**
 * The order of the checks is part of the wire: of several things that are wrong with a request,
 * the caller is told the first of this table. Each row is wrong in its own way and in the way of
 * every row below it, so that a swapped pair of checks shows.
 */
import { IAM } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { RawHttp, type Reply } from "../api/raw-http.fixture.ts";

let vault: TestVault;
let http: RawHttp;
let nobody: { accessKeyId: string; secretAccessKey: string };

beforeAll(async () => {
  vault = await startVault();
  http = new RawHttp(vault);
  const iam = new IAM(vault.client);
  await iam.createUser({ UserName: "nobody" });
  const { AccessKey } = await iam.createAccessKey({ UserName: "nobody" });
  nobody = {
    accessKeyId: AccessKey?.AccessKeyId ?? "",
    secretAccessKey: AccessKey?.SecretAccessKey ?? "",
  };
});

afterAll(async () => {
  http?.close();
  await vault?.close();
});

interface Wrong {
  readonly body: string;
  readonly target: string;
  readonly credentials: "none" | "unknown" | "forged" | "nobody" | "root";
}

const malformed = "{";
const missingMember = "{}";
const unknownSecret = '{"SecretId":"no/such/secret"}';

const rows: readonly (Wrong & { readonly because: string; readonly expected: string })[] = [
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
  const { code, requestId } = await send(wrong);
  expect(code).toBe(expected);
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(vault.faults).toEqual([]);
});

function send({ body, target, credentials }: Wrong): Promise<Reply> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  if (credentials === "none") return http.send("POST", "/", headers, body);
  const keys = {
    unknown: { ...vault.credentials, accessKeyId: "AKIAUNKNOWNUNKNOWN12" },
    forged: { ...vault.credentials, secretAccessKey: "another secret access key" },
    nobody,
    root: vault.credentials,
  }[credentials];
  return http.signed({ service: "secretsmanager", body, headers }, keys);
}
