/**
 * The lines of a group as they lie in the database: compressed, since the events of one moment
 * resemble each other. Brotli's quick levels take half of deflate's time for these and less room.
 */
import { brotliCompressSync, brotliDecompress, brotliDecompressSync, constants } from "node:zlib";

/** The first byte says how the rest is packed. */
const brotli = 1;

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** More than any group: so no damaged or forged one takes the memory. */
const unpackedBytesMax = 256 * 1024 * 1024;
const limits = { maxOutputLength: unpackedBytesMax };

/** `lines` are joined by ",\n", which no line contains. */
export function packLines(lines: string): Buffer {
  return Buffer.concat([Buffer.of(brotli), brotliCompressSync(lines, quick)]);
}

/** Throws if the bytes are no packed lines. */
export function unpackLines(packed: Uint8Array): string {
  return brotliDecompressSync(compressed(packed), limits).toString();
}

/** The same off the event loop, which a search must not hold up. */
export function unpackLinesAside(packed: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    brotliDecompress(compressed(packed), limits, (error, bytes) => {
      if (error === null) resolve(bytes.toString());
      else reject(error);
    });
  });
}

export function splitLines(lines: string): string[] {
  return lines.split(",\n");
}

function compressed(packed: Uint8Array): Uint8Array {
  if (packed[0] !== brotli) throw new Error("The lines are packed in an unknown way");
  return packed.subarray(1);
}
