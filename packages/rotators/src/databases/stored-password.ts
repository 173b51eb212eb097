/**
 * A password as PostgreSQL keeps it, made here as `psql` makes it for \password: the server's log
 * and its statistics of statements never see the password itself.
 * https://www.postgresql.org/docs/current/catalog-pg-authid.html
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

export type PasswordEncryption = "scram-sha-256" | "md5";

export function storedPassword(
  encryption: PasswordEncryption,
  username: string,
  password: string,
): string {
  if (encryption === "md5") {
    return `md5${createHash("md5").update(password).update(username).digest("hex")}`;
  }
  // What isn't ASCII would have to be normalised first (SASLprep), which the server does itself.
  return /^[\x20-\x7e]*$/.test(password) ? scramVerifier(password) : password;
}

/** The server's own default. */
const iterations = 4096;

export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const key = (name: string) => createHmac("sha256", salted).update(name).digest();
  const storedKey = createHash("sha256").update(key("Client Key")).digest("base64");
  const serverKey = key("Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
