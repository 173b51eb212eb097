/** The trail of a data folder, verified offline: from its database and public key alone. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { trustedKey } from "./public-key.ts";
import { evidenceIn } from "./sqlite/reading.ts";
import { type Verification, verifyTrail } from "./verify.ts";

export function auditDatabasePath(directory: string): string {
  return join(directory, "audit.db");
}

/** Where the key lies that signed heads are verified with. A copy kept elsewhere is worth more. */
export function auditPublicKeyPath(directory: string): string {
  return join(directory, "audit-public-key.pem");
}

/** Whether a trail was begun here, as the exported key tells, and its database is gone. */
export function isTrailMissing(directory: string): boolean {
  return existsSync(auditPublicKeyPath(directory)) && !existsSync(auditDatabasePath(directory));
}

/**
 * Walks every group and signed head, also while a vault goes on writing. `publicKeyPem` is a copy
 * of the key that was kept elsewhere; without it the folder's own is believed. Throws if the
 * folder holds no trail.
 */
export async function verifyDataFolder(
  directory: string,
  publicKeyPem?: string,
): Promise<Verification> {
  const pem = publicKeyPem ?? readFileSync(auditPublicKeyPath(directory), "utf8");
  return verifyTrail(evidenceIn(auditDatabasePath(directory)), trustedKey(pem));
}
