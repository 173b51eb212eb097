/**
 * The session tokens of instance metadata: random bytes and an expiry under a MAC whose key lives
 * as long as the agent. None is kept, so no number of them fills the memory or pushes out another.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const nonceBytes = 16;
const expiryBytes = 6;
const statementBytes = nonceBytes + expiryBytes;
const macBytes = 32;

export class MetadataTokens {
  readonly #key = randomBytes(32);

  issue(ttlSeconds: number): string {
    const statement = Buffer.alloc(statementBytes);
    randomBytes(nonceBytes).copy(statement);
    statement.writeUIntBE(Date.now() + ttlSeconds * 1000, nonceBytes, expiryBytes);
    return Buffer.concat([statement, this.#mac(statement)]).toString("base64url");
  }

  /** Seconds that the token is still good for; undefined if it isn't, or never was. */
  secondsLeft(token: string): number | undefined {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.length !== statementBytes + macBytes) return undefined;
    const statement = bytes.subarray(0, statementBytes);
    if (!timingSafeEqual(this.#mac(statement), bytes.subarray(statementBytes))) return undefined;
    const left = statement.readUIntBE(nonceBytes, expiryBytes) - Date.now();
    return left > 0 ? Math.ceil(left / 1000) : undefined;
  }

  #mac(statement: Buffer): Buffer {
    return createHmac("sha256", this.#key).update(statement).digest();
  }
}
