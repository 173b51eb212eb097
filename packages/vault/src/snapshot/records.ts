/**
 * What a snapshot holds, in this order: a head, the rows of each table in the order of their keys,
 * the evidence of each audit chain, and an end that counts them. Records travel packed, a megabyte
 * or so together.
 *
 *   record: length of its JSON (4, big-endian) | length of its bytes (4; 2^32 - 1: none) | JSON | bytes
 */

import { promisify } from "node:util";
import { constants, deflateRaw, inflateRaw } from "node:zlib";
import type { Evidence } from "../audit/evidence.ts";
import type { RawRow } from "../storage/copying/raw-rows.ts";

export interface SnapshotHead {
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** Of the program that made it. */
  readonly madeBy: string;
  readonly accountId: string;
  /** Of the root key that opens it, and where that came from. The key itself is not here. */
  readonly rootKey: { readonly fingerprint: string; readonly source: string };
  readonly schemaVersion: number;
  readonly changeCounter: number;
  /** What the trail's signed heads are verified with, in PEM. */
  readonly auditPublicKey: string | undefined;
}

export interface SnapshotEnd {
  readonly rows: number;
  readonly events: number;
}

export type SnapshotRecord =
  | ({ readonly type: "snapshot" } & SnapshotHead)
  | ({ readonly type: "row"; readonly table: string } & RawRow)
  | { readonly type: "evidence"; readonly evidence: Evidence }
  | ({ readonly type: "end" } & SnapshotEnd);

const headBytes = 8;
const noBytes = 0xffff_ffff;
const unpackedBytesMax = 256 * 1024 * 1024;

/** How many events a piece of evidence holds. */
export function eventsIn(evidence: Evidence): number {
  return evidence.type === "group" ? evidence.count : 0;
}

export function encoded(record: SnapshotRecord): Buffer {
  const { sealed, ...rest } = { sealed: null, ...record };
  const json = Buffer.from(JSON.stringify(rest));
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(json.length);
  head.writeUInt32BE(sealed?.length ?? noBytes, 4);
  return Buffer.concat([head, json, sealed ?? new Uint8Array(0)]);
}

/** Ciphertext, of which there is most, doesn't shrink: little effort finds what does. */
export function packed(records: readonly Uint8Array[]): Promise<Buffer> {
  return deflated(Buffer.concat(records), { level: constants.Z_BEST_SPEED });
}

/** The records of a part, whose hash was found good: they are as they were written. */
export async function* unpacked(part: Uint8Array): AsyncGenerator<SnapshotRecord> {
  const bytes = await inflated(part, { maxOutputLength: unpackedBytesMax });
  for (let at = 0; at < bytes.length; ) {
    const jsonEnd = at + headBytes + bytes.readUInt32BE(at);
    const sealedLength = bytes.readUInt32BE(at + 4);
    const record = JSON.parse(bytes.toString("utf8", at + headBytes, jsonEnd));
    at = sealedLength === noBytes ? jsonEnd : jsonEnd + sealedLength;
    const sealed = sealedLength === noBytes ? null : bytes.subarray(jsonEnd, at);
    yield record.type === "row" ? { ...record, sealed } : record;
  }
}

const deflated = promisify<Uint8Array, object, Buffer>(deflateRaw);
const inflated = promisify<Uint8Array, object, Buffer>(inflateRaw);
