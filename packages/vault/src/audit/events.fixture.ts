/** What the audit log's tests share: a signer, events, and a folder that goes away. */
import { createPrivateKey, createPublicKey, hash, sign } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Signer } from "./chain.ts";
import type { AuditEvent, AuditIdentity } from "./event.ts";
import { eventIdAt } from "./event-id.ts";

/** The signer of that name: the same key in every process. */
export function newSigner(keyId: string): Signer {
  const seed = hash("sha256", keyId);
  const privateKey = createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, "hex"),
    format: "der",
    type: "pkcs8",
  });
  return {
    keyId,
    sign: (bytes) => sign(null, bytes, privateKey),
    publicKey: createPublicKey(privateKey).export({ format: "der", type: "spki" }),
  };
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "claviger-audit-"));
}

export const alice: AuditIdentity = {
  type: "IAMUser",
  arn: "arn:aws:iam::123456789012:user/team/alice",
  principalId: "AIDAEXAMPLEALICE",
  accountId: "123456789012",
  sessionIssuerArn: undefined,
  sessionIssuedAt: undefined,
};

export const session: AuditIdentity = {
  type: "AssumedRole",
  arn: "arn:aws:sts::123456789012:assumed-role/reader/i-0abc",
  principalId: "AROAEXAMPLEREADER:i-0abc",
  accountId: "123456789012",
  sessionIssuerArn: "arn:aws:iam::123456789012:role/service/reader",
  sessionIssuedAt: 1_700_000_000_000,
};

let made = 0;

export function newEvent(changes: Partial<AuditEvent> = {}): AuditEvent {
  made++;
  const { time = 1_700_000_000_000 + made } = changes;
  return {
    eventId: eventIdAt(time, `00000000-0000-4000-8000-${String(made).padStart(12, "0")}`),
    requestId: `10000000-0000-4000-8000-${String(made).padStart(12, "0")}`,
    time,
    service: "secretsmanager",
    operation: "GetSecretValue",
    isReadOnly: true,
    accountId: "123456789012",
    region: "us-east-1",
    identity: alice,
    accessKeyId: "AKIAEXAMPLE",
    sourceAddress: "192.0.2.1",
    userAgent: "aws-cli/2.15",
    resources: ["arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf"],
    requestParameters: { secretId: "prod/db" },
    responseElements: null,
    errorCode: undefined,
    errorMessage: undefined,
    encodedAuthorizationMessage: undefined,
    versionId: "11111111-2222-4333-8444-555555555555",
    latencyMicroseconds: 310,
    count: 1,
    ...changes,
  };
}
