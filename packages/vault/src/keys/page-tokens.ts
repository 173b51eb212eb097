/**
 * The NextToken of lists: it tells clients nothing, and is good only for the list that gave it. A
 * token is its position, sealed under a key of the list's own, which follows from what the list was
 * narrowed to. So nothing has to be remembered between pages, and nobody can read, forge, change
 * or transplant a position.
 */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { OpenFailed, open, seal } from "../encryption/seal.ts";
import type { SealedKeys } from "./ring/sealed-keys.ts";

/** The key says already what a token belongs to. */
const noContext = "";

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
    const key = await this.#keyOf(kind, binding);
    return seal(key, Buffer.from(position, "utf8"), noContext).toString("base64url");
  }

  /** The position, or undefined unless this very list gave the token. */
  async open(kind: string, binding: string, token: string): Promise<string | undefined> {
    const sealed = Buffer.from(token, "base64url");
    if (sealed.toString("base64url") !== token) return undefined;
    const key = await this.#keyOf(kind, binding);
    try {
      return open(key, sealed, noContext).toString("utf8");
    } catch (error) {
      if (error instanceof OpenFailed) return undefined;
      throw error;
    }
  }

  async #keyOf(kind: string, binding: string): Promise<KeyObject> {
    const secret = await this.#sealedKeys.secret("page-tokens");
    // JSON keeps the two apart: no two different pairs are written the same way.
    const list = JSON.stringify([kind, binding]);
    return createSecretKey(createHmac("sha256", secret).update(list).digest());
  }
}
