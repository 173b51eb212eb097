/**
 * Where a trail can be read without a vault: in a data folder, in PostgreSQL, or in a bundle, which
 * holds one record of evidence a line and is all that an auditor needs beside the public key.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { openPostgresDatabase } from "../postgres/database.ts";
import { auditDatabasePath } from "./data-folder.ts";
import type { Evidence } from "./evidence.ts";
import { readingPostgres } from "./postgres/reading.ts";
import { trustedKey } from "./public-key.ts";
import { evidenceIn } from "./sqlite/reading.ts";
import { type Verification, verifyTrail } from "./verify.ts";

export type TrailPlace =
  | { readonly type: "folder"; readonly directory: string }
  | { readonly type: "postgres"; readonly url: string }
  | { readonly type: "bundle"; readonly path: string };

/**
 * Walks every group and signed head of every chain, also while a vault goes on writing, with the
 * vault's public key in PEM. Throws if there is no trail.
 */
export function verifyTrailAt(place: TrailPlace, publicKeyPem: string): Promise<Verification> {
  const trusted = trustedKey(publicKeyPem);
  return readingTrail(place, (evidence) => verifyTrail(evidence, trusted));
}

/** Gives `write` a bundle's text, in parts. Throws if there is no trail. */
export function exportTrail(
  place: TrailPlace,
  write: (text: string) => Promise<void>,
): Promise<void> {
  return readingTrail(place, async (evidence) => {
    for await (const record of evidence) await write(`${JSON.stringify(record)}\n`);
  });
}

async function readingTrail<Result>(
  place: TrailPlace,
  use: (evidence: AsyncIterable<Evidence>) => Promise<Result>,
): Promise<Result> {
  if (place.type === "folder") return use(evidenceIn(auditDatabasePath(place.directory)));
  if (place.type === "bundle") return use(bundled(place.path));
  const database = await openPostgresDatabase({ url: place.url });
  try {
    return await readingPostgres(database, use);
  } finally {
    await database.close();
  }
}

async function* bundled(path: string): AsyncGenerator<Evidence> {
  const lines = createInterface({ input: createReadStream(path) });
  for await (const line of lines) yield JSON.parse(line) as Evidence;
}
