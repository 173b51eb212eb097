/**
 * The lines of a group as they lie in the database: compressed, since the events of one moment
 * resemble each other. Brotli's quick levels take half of deflate's time for these and less room;
 * what is too small to resemble itself is deflated with a dictionary of usual lines.
 */
import {
  brotliCompressSync,
  brotliDecompress,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  inflateRawSync,
} from "node:zlib";
import { usualLines } from "./small-group.ts";

/** The first byte says how the rest is packed. */
const brotli = 1;
const deflatedWithUsualLines = 2;

// What is packed takes up as much as was set aside for it, and the thread that packs collects its
// garbage seldom: with zlib's own 16 KB, a vault that commits one event at a time held 55 MB of it.
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 }, chunkSize: 4096 };
const small = { level: 4, windowBits: 12, memLevel: 4, dictionary: usualLines, chunkSize: 1024 };

/** From here on a group resembles itself more than it does the usual lines. */
const largeCharacters = 4096;

/** More than any group: so no damaged or forged one takes the memory. */
const unpackedBytesMax = 256 * 1024 * 1024;
const limits = { maxOutputLength: unpackedBytesMax };

/** `lines` are joined by ",\n", which no line contains. */
export function packLines(lines: string): Buffer {
  return lines.length < largeCharacters
    ? Buffer.concat([Buffer.of(deflatedWithUsualLines), deflateRawSync(lines, small)])
    : Buffer.concat([Buffer.of(brotli), brotliCompressSync(lines, quick)]);
}

/** Throws if the bytes are no packed lines. */
export function unpackLines(packed: Uint8Array): string {
  return isSmall(packed)
    ? inflated(packed)
    : brotliDecompressSync(compressed(packed), limits).toString();
}

/** The same off the event loop, which a search must not hold up. What is small would not. */
export function unpackLinesAside(packed: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    if (isSmall(packed)) return resolve(inflated(packed));
    brotliDecompress(compressed(packed), limits, (error, bytes) => {
      if (error === null) resolve(bytes.toString());
      else reject(error);
    });
  });
}

export function splitLines(lines: string): string[] {
  return lines.split(",\n");
}

function isSmall(packed: Uint8Array): boolean {
  return packed[0] === deflatedWithUsualLines;
}

function inflated(packed: Uint8Array): string {
  // Characters are up to three bytes of UTF-8.
  const maxOutputLength = 3 * largeCharacters;
  return inflateRawSync(packed.subarray(1), { dictionary: usualLines, maxOutputLength }).toString();
}

function compressed(packed: Uint8Array): Uint8Array {
  if (packed[0] !== brotli) throw new Error("The lines are packed in an unknown way");
  return packed.subarray(1);
}
