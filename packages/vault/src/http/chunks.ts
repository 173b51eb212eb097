/**
 * A body that comes in chunks (RFC 9112, 7.1). Extensions and trailers are read over, within
 * bounds: nobody signs them, so nothing may depend on them.
 */
import { Unreadable } from "./head.ts";

/** Of a chunk's size with its extensions. */
const sizeLineMax = 256;

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const quoted = '"(?:[\\t !#-[\\]-~]|\\\\[\\t -~])*"';
const extension = `;${token}(?:=(?:${token}|${quoted}))?`;
const sizeLine = new RegExp(`^([0-9A-Fa-f]{1,8})(?:${extension})*$`);
const trailer = new RegExp(`^${token}:[\\t\\x20-\\x7e\\x80-\\xff]*$`);

export class ChunkReader {
  isComplete = false;
  readonly #ignoredBytesMax: number;
  /** What the next byte belongs to. */
  #part: "size" | "data" | "end of data" | "trailer" = "size";
  /** Of the chunk that is being read. */
  #bytesLeft = 0;
  #line = "";
  /** Of extensions and trailers. */
  #bytesIgnored = 0;

  constructor(ignoredBytesMax: number) {
    this.#ignoredBytesMax = ignoredBytesMax;
  }

  /** Hands on the data that `bytes` hold from `at` on; returns where the body's part of them ends. */
  read(bytes: Buffer, at: number, receive: (piece: Buffer) => void): number {
    let next = at;
    while (next < bytes.length && !this.isComplete) {
      if (this.#part === "data") {
        const end = Math.min(bytes.length, next + this.#bytesLeft);
        receive(bytes.subarray(next, end));
        this.#bytesLeft -= end - next;
        next = end;
        if (this.#bytesLeft === 0) this.#part = "end of data";
      } else {
        next = this.#readLine(bytes, next);
      }
    }
    return next;
  }

  #readLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf("\n", at);
    const end = found < 0 ? bytes.length : found + 1;
    const lengthMax = this.#part === "trailer" ? this.#ignoredBytesMax : sizeLineMax;
    if (this.#line.length + end - at > lengthMax) throw new Unreadable(400);
    this.#line += bytes.toString("latin1", at, end);
    if (found >= 0) {
      if (!this.#line.endsWith("\r\n")) throw new Unreadable(400);
      const line = this.#line.slice(0, -2);
      this.#line = "";
      this.#take(line);
    }
    return end;
  }

  #take(line: string): void {
    switch (this.#part) {
      case "size": {
        const [, size] = sizeLine.exec(line) ?? [];
        if (size === undefined) throw new Unreadable(400);
        this.#ignore(line.length - size.length);
        this.#bytesLeft = Number.parseInt(size, 16);
        this.#part = this.#bytesLeft === 0 ? "trailer" : "data";
        break;
      }
      case "end of data":
        if (line !== "") throw new Unreadable(400);
        this.#part = "size";
        break;
      default:
        if (line === "") this.isComplete = true;
        else if (!trailer.test(line)) throw new Unreadable(400);
        this.#ignore(line.length + 2);
    }
  }

  /** Small chunks with long extensions would otherwise be a long way to send a short body. */
  #ignore(bytes: number): void {
    this.#bytesIgnored += bytes;
    if (this.#bytesIgnored > this.#ignoredBytesMax) throw new Unreadable(400);
  }
}
