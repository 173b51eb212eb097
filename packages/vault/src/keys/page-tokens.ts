/**
 * The NextToken of lists: opaque to clients, and good only for the list that gave it. A token
 * carries its position under an HMAC that also covers what the list was narrowed to, so nothing
 * has to be remembered between pages and nobody can forge, change or transplant a position.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { SealedKeys } from "./ring/sealed-keys.ts";

const macBytes = 32;

export class PageTokens {
  readonly #sealedKeys: SealedKeys;

  constructor(sealedKeys: SealedKeys) {
    this.#sealedKeys = sealedKeys;
  }

  /**
   * The token that resumes behind `position`. `kind` names the list ("ListSecrets"); `binding` is
   * everything that must be the same on the next page: account, region, filters, order.
   */
  async seal(kind: string, binding: string, position: string): Promise<string> {
    const mac = await this.#mac(kind, binding, position);
    return Buffer.concat([mac, Buffer.from(position, "utf8")]).toString("base64url");
  }

  /** The position, or undefined unless this very list gave the token. */
  async open(kind: string, binding: string, token: string): Promise<string | undefined> {
    const bytes = Buffer.from(token, "base64url");
    if (bytes.length < macBytes || bytes.toString("base64url") !== token) return undefined;
    const position = bytes.toString("utf8", macBytes);
    const mac = await this.#mac(kind, binding, position);
    return timingSafeEqual(mac, bytes.subarray(0, macBytes)) ? position : undefined;
  }

  async #mac(kind: string, binding: string, position: string): Promise<Buffer> {
    const key = await this.#sealedKeys.secret("page-tokens");
    // JSON keeps the three apart: no two different triples are written the same way.
    const covered = JSON.stringify([kind, binding, position]);
    return createHmac("sha256", key).update(covered).digest();
  }
}
