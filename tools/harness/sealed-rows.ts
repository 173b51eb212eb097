/** What lies sealed in a data folder, read from the database's own file and without any key. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface SealedState {
  /** How many rows lie under each generation of the key ring; 0 is the root key itself. */
  readonly rows: ReadonlyMap<number, number>;
  /** Where the root key comes from that opens the folder. */
  readonly source: string;
}

export function sealedState(dataDirectory: string): SealedState {
  const database = new DatabaseSync(join(dataDirectory, "vault.db"), { readOnly: true });
  try {
    const rows = new Map<number, number>();
    for (const table of ["sealed_keys", "key_versions", "access_keys"]) {
      const found = database
        .prepare(`SELECT "sealed" FROM "${table}" WHERE "sealed" IS NOT NULL AND "key" <> 'ring'`)
        .all();
      for (const { sealed } of found) {
        const generation = generationOf(Buffer.from(sealed as Uint8Array));
        rows.set(generation, (rows.get(generation) ?? 0) + 1);
      }
    }
    const ring = database.prepare(`SELECT "body" FROM "sealed_keys" WHERE "key" = 'ring'`).get();
    return { rows, source: JSON.parse(String(ring?.body)).source };
  } finally {
    database.close();
  }
}

function generationOf(sealed: Buffer): number {
  return sealed[0] === 2 ? sealed.readUInt32BE(1) : 0;
}
