/** Verifies the audit trail of a data folder offline, from its public key and database alone. */
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { evidenceOf } from "../../packages/vault/src/audit/sqlite/evidence.ts";
import { type Verification, verifyTrail } from "../../packages/vault/src/audit/verify.ts";
import { auditKeyId } from "../../packages/vault/src/keys/audit-signer.ts";
import { demand } from "./claim.ts";

/** Demands that the chain is whole; returns what was verified. */
export function verifyAuditFolder(dataDirectory: string): Verification {
  const pem = readFileSync(join(dataDirectory, "audit-public-key.pem"));
  const publicKey = createPublicKey(pem).export({ format: "der", type: "spki" });
  const database = new DatabaseSync(join(dataDirectory, "audit.db"), { readOnly: true });
  try {
    const verification = verifyTrail(evidenceOf(database), (keyId) =>
      keyId === auditKeyId(publicKey) ? publicKey : undefined,
    );
    const { broken } = verification;
    demand(broken === undefined, `audit group ${broken?.group} is broken: ${broken?.reason}`);
    return verification;
  } finally {
    database.close();
  }
}
