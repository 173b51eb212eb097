/**
 * The bare limit of durable writes: rows that a vault has written, written again into a plain SQLite
 * file, so many writes to a commit, one commit after the other, with the vault's pragmas and nothing
 * else. Its argument is a `CommitPlan` as JSON; prints how many writes it committed a second.
 */
import { DatabaseSync } from "node:sqlite";
import type { CommitPlan } from "./writes.ts";

const { source, target, tables, writesPerCommit, seconds }: CommitPlan = JSON.parse(
  process.argv[2] ?? "{}",
);
const rows = new DatabaseSync(source, { readOnly: true });
const database = new DatabaseSync(target);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA journal_size_limit = 67108864;
`);
const perTable = tables.map(({ name, isReplaced }) => {
  const { sql } = rows.prepare(`SELECT "sql" FROM sqlite_schema WHERE "name" = ?`).get(name) as {
    sql: string;
  };
  database.exec(sql);
  const found = rows.prepare(`SELECT * FROM "${name}" ORDER BY rowid DESC LIMIT 128`).all();
  const columns = Object.keys(found[0] ?? {}).map((column) => `"${column}"`);
  const insert = database.prepare(
    `INSERT OR REPLACE INTO "${name}" (${columns}) VALUES (${columns.map(() => "?")})`,
  );
  return { insert, isReplaced, rows: found.map((row) => Object.values(row)) };
});

let writes = 0;
const startedAt = performance.now();
const endsAt = startedAt + seconds * 1000;
while (performance.now() < endsAt) {
  database.exec("BEGIN IMMEDIATE");
  for (let write = 0; write < writesPerCommit; write++) {
    for (const { insert, isReplaced, rows } of perTable) {
      const [key, ...others] = rows[writes % rows.length] ?? [];
      insert.run(isReplaced ? (key ?? null) : `${key}/${writes}`, ...others);
    }
    writes += 1;
  }
  database.exec("COMMIT");
}
process.stdout.write(String((writes * 1000) / (performance.now() - startedAt)));
