/** The rotators' host in a test's own process, as the vault is given it. */
import { randomBytes } from "node:crypto";
import { type RotatorHost, startRotatorHost } from "./host.ts";

/** `close()` it. `types` are descriptions, as the rotators file has them. */
export function startTestRotators(types?: unknown): Promise<RotatorHost> {
  return startRotatorHost({ token: randomBytes(32).toString("base64url"), types });
}
