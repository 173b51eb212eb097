/** The files of a data folder that the trail lies in. */
import { existsSync } from "node:fs";
import { join } from "node:path";

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
