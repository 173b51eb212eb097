/**
 * The outer form of a snapshot's file: bytes in parts, each with a hash over itself and all before
 * it. So a reader finds any byte that was changed, moved, added or cut off, at the part where it
 * is, without holding more than that part.
 *
 *   "claviger snapshot 1\n" | part …
 *   part: length of its bytes (4, big-endian) | bytes | SHA-256 (32)
 *
 * The hash is over the hash before (the first over that of the opening line), the length and the
 * bytes. A part of no bytes is the last: nothing follows it, and its hash is the file's.
 */
import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { SnapshotError } from "./snapshot-error.ts";

const opening = Buffer.from("claviger snapshot 1\n");
const lengthBytes = 4;
const hashBytes = 32;
const partBytesMax = 64 * 1024 * 1024;

export class PartWriter {
  readonly #file: FileHandle;
  #hash: Buffer = hash("sha256", opening, "buffer");
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async begin(file: FileHandle): Promise<PartWriter> {
    const writer = new PartWriter(file);
    await writer.#write(opening);
    return writer;
  }

  /** Written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async add(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0 || bytes.length > partBytesMax) {
      throw new RangeError(`a part has 1 to ${partBytesMax} bytes, not ${bytes.length}`);
    }
    await this.#part(bytes);
  }

  /** Ends the file, and returns its hash in hexadecimal. */
  async end(): Promise<string> {
    await this.#part(new Uint8Array(0));
    return this.#hash.toString("hex");
  }

  async #part(bytes: Uint8Array): Promise<void> {
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32BE(bytes.length);
    this.#hash = nextHash(this.#hash, length, bytes);
    await this.#write(Buffer.concat([length, bytes, this.#hash]));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      at += (await this.#file.write(bytes, at)).bytesWritten;
    }
    this.#bytes += bytes.length;
  }
}

/** A part's bytes, and the file's hash up to it, in hexadecimal. */
export interface Part {
  readonly bytes: Buffer;
  readonly hash: string;
}

/**
 * The parts in their order; the last has no bytes, and only with it the file is known to be whole.
 * Throws SnapshotError at the first that is damaged or missing.
 */
export async function* readParts(path: string): AsyncGenerator<Part> {
  const file = await opened(path);
  try {
    const damaged = (at: number, what: string) =>
      new SnapshotError(`${path} is damaged: ${what} at byte ${at}`, "use another backup");
    const first = await read(file, 0, opening.length);
    if (!first.equals(opening)) {
      throw new SnapshotError(
        `${path} is no snapshot that this program reads`,
        "give a file that `claviger backup` wrote, or a newer Claviger",
      );
    }
    let last: Buffer = hash("sha256", opening, "buffer");
    for (let at = opening.length; ; ) {
      const length = await read(file, at, lengthBytes);
      if (length.length < lengthBytes) throw damaged(at, "its end is missing");
      const size = length.readUInt32BE();
      if (size > partBytesMax) throw damaged(at, "a part can't be read");
      const bytes = await read(file, at + lengthBytes, size + hashBytes);
      if (bytes.length < size + hashBytes) throw damaged(at, "it ends within the part that begins");
      const content = bytes.subarray(0, size);
      last = nextHash(last, length, content);
      if (!last.equals(bytes.subarray(size))) throw damaged(at, "a part is not as it was written");
      at += lengthBytes + size + hashBytes;
      const isLast = size === 0;
      if (isLast && (await read(file, at, 1)).length > 0) throw damaged(at, "more follows its end");
      yield { bytes: content, hash: last.toString("hex") };
      if (isLast) return;
    }
  } finally {
    await file.close();
  }
}

function nextHash(before: Buffer, length: Uint8Array, bytes: Uint8Array): Buffer {
  return hash("sha256", Buffer.concat([before, length, bytes]), "buffer");
}

async function opened(path: string): Promise<FileHandle> {
  try {
    const file = await open(path);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    throw new SnapshotError(`${path} can't be read`, "check the path, and whose file it is", {
      cause,
    });
  }
  throw new SnapshotError(`${path} is no file`, "give the file that `claviger backup` wrote");
}

/** As many of these bytes as the file has. */
async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
