/**
 * The envelope of a stored value: a data key of its own, wrapped by a KMS key, and the value
 * sealed under that data key. Only the wrapping is KMS's business (`keys/`); this file is the
 * format and the binding of the value to its encryption context.
 */
import { OpenFailed } from "./seal.ts";

export type EncryptionContext = Readonly<Record<string, string>>;

export const dataKeyBytes = 32;
const formatVersion = 1;
const lengthStart = 1;
const wrappedStart = 3;

export interface Envelope {
  readonly wrappedDataKey: Uint8Array;
  readonly sealedValue: Uint8Array;
}

/** Format: version 1 (one byte) | length of the wrapped key (two) | wrapped key | sealed value. */
export function packEnvelope({ wrappedDataKey, sealedValue }: Envelope): Buffer {
  const head = Buffer.alloc(wrappedStart);
  head[0] = formatVersion;
  head.writeUInt16BE(wrappedDataKey.length, lengthStart);
  return Buffer.concat([head, wrappedDataKey, sealedValue]);
}

/** The parts of an envelope as views, not copies; `OpenFailed` if these bytes are none. */
export function unpackEnvelope(bytes: Uint8Array): Envelope {
  const [version, high = 0, low = 0] = bytes;
  const wrappedEnd = wrappedStart + high * 256 + low;
  if (version !== formatVersion || bytes.length < wrappedEnd) throw new OpenFailed();
  return {
    wrappedDataKey: bytes.subarray(wrappedStart, wrappedEnd),
    sealedValue: bytes.subarray(wrappedEnd),
  };
}

/**
 * What binds a value to the key that wraps its data key, and to its context. Bytes of their own, to
 * be kept: a small Buffer is a slice that would hold on to the whole pool it was cut from.
 */
export function valueAad(keyArn: string, context: EncryptionContext): Uint8Array {
  return encoder.encode(contextAad("value", keyArn, context));
}

const encoder = new TextEncoder();

export function isSameContext(one: EncryptionContext, other: EncryptionContext): boolean {
  let names = 0;
  for (const name in one) {
    if (one[name] !== other[name]) return false;
    names += 1;
  }
  for (const _ in other) names -= 1;
  return names === 0;
}

/**
 * What binds a ciphertext to its purpose, its key and its context. JSON of sorted pairs writes no
 * two different contexts alike, whatever characters they contain.
 */
export function contextAad(purpose: string, key: string, context: EncryptionContext): string {
  const names = Object.keys(context);
  // The vault's own contexts are written in order.
  if (!isSorted(names)) names.sort();
  const pairs = names.map((name) => [name, context[name]]);
  return JSON.stringify([purpose, key, pairs]);
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, at) => at === 0 || (names[at - 1] as string) < name);
}
