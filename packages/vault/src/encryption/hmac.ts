/**
 * HMAC-SHA-256 under a key that is used again and again, made of two one-shot hashes: node's Hmac
 * object costs more, and the garbage collector must finalise each of them. What was hashed last stays
 * in memory until the next: it is for what is no secret, strings to sign and ciphertexts.
 * https://www.rfc-editor.org/rfc/rfc2104
 */
import { hash } from "node:crypto";

const blockBytes = 64;
const hashBytes = 32;
const innerPad = 0x36;
const outerPad = 0x5c;

export class HmacKey {
  /**
   * The key's two padded forms, each with room behind it for what is hashed with it, which is
   * written there anew each time. Private, so that nothing prints them.
   */
  #inner: Buffer;
  readonly #outer: Buffer;

  /** `key` has at most the 64 bytes of a block. */
  constructor(key: Uint8Array) {
    if (key.length > blockBytes) throw new RangeError("a longer key would have to be hashed first");
    this.#inner = padded(key, innerPad, 0);
    this.#outer = padded(key, outerPad, hashBytes);
  }

  /** Of `text`, which has a byte to a character, in hexadecimal. */
  digest(text: string): string {
    const { length } = text;
    // Texts that are signed under one key are nearly always as long as the last one.
    if (this.#inner.length !== blockBytes + length) this.#inner = resized(this.#inner, length);
    this.#inner.write(text, blockBytes, "latin1");
    this.#outer.write(hash("sha256", this.#inner, "latin1"), blockBytes, "latin1");
    return hash("sha256", this.#outer, "hex");
  }
}

function padded(key: Uint8Array, pad: number, room: number): Buffer {
  const block = Buffer.alloc(blockBytes + room, pad);
  for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
  return block;
}

function resized(block: Buffer, room: number): Buffer {
  const other = Buffer.alloc(blockBytes + room);
  block.copy(other, 0, 0, blockBytes);
  return other;
}
