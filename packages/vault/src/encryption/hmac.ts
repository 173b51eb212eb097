/**
 * HMAC-SHA-256 under a key that is used again and again, made of two one-shot hashes: node's Hmac
 * object costs more, and the garbage collector must finalise each of them.
 * https://www.rfc-editor.org/rfc/rfc2104
 */
import { hash } from "node:crypto";

const blockBytes = 64;
const innerPad = 0x36;
const outerPad = 0x5c;

export class HmacKey {
  /** The key's two padded forms, a byte to a character: private, so that nothing prints them. */
  readonly #inner: string;
  readonly #outer: string;

  /** `key` has at most the 64 bytes of a block. */
  constructor(key: Uint8Array) {
    if (key.length > blockBytes) throw new RangeError("a longer key would have to be hashed first");
    this.#inner = padded(key, innerPad);
    this.#outer = padded(key, outerPad);
  }

  /** Of `text`, which has a byte to a character, in hexadecimal. */
  digest(text: string): string {
    const inner = hash("sha256", Buffer.from(this.#inner + text, "latin1"), "latin1");
    return hash("sha256", Buffer.from(this.#outer + inner, "latin1"), "hex");
  }
}

function padded(key: Uint8Array, pad: number): string {
  const block = Buffer.alloc(blockBytes, pad);
  for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
  return block.toString("latin1");
}
