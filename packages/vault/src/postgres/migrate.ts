/**
 * Brings a database to this program's schema, one transaction a step. Of nodes that start together
 * one takes each step, under a lock, while the others wait. A database from a newer program is
 * refused, since writing to it could damage what this program doesn't know.
 */
import { Unavailable } from "../unavailable.ts";
import type { PostgresDatabase, Session } from "./database.ts";
import { PostgresError } from "./failures.ts";

/** One numbered step of a schema. */
export interface Step {
  /** One more than the version before. */
  readonly version: number;
  readonly title: string;
  /** Statements without values. */
  readonly postgres: string;
  /** What no statement alone can fill, in the same transaction. */
  readonly fill?: (session: Session) => Promise<void>;
}

/** Any number that nobody else locks: "claviger" in ASCII. */
const lock = "SELECT pg_advisory_xact_lock(7164775589025834354)";

const unhurried = "SET LOCAL statement_timeout = '10min'";
const insufficientPrivilege = "42501";

/** `versionTable` keeps the version of the schema; no two schemas of a database have the same. */
export async function migratePostgres(
  database: PostgresDatabase,
  steps: readonly Step[],
  versionTable: string,
): Promise<void> {
  for (;;) {
    const isDone = await database.transaction((session) => takeStep(session, steps, versionTable));
    if (isDone) return;
  }
}

/** Resolves with true if there is no step left. */
async function takeStep(
  session: Session,
  steps: readonly Step[],
  versionTable: string,
): Promise<boolean> {
  await session.script(`${unhurried}; ${lock}`);
  const current = await currentVersion(session, versionTable);
  const newest = steps.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new Unavailable(
      `The database has schema version ${current} and this program knows ${newest}: ` +
        "it was written by a newer Claviger.",
      { hint: "start a Claviger that is as new; nothing was changed" },
    );
  }
  const step = steps.find(({ version }) => version > current);
  if (step === undefined) return true;
  try {
    if (current === 0) await session.script(versionTableOf(versionTable));
    await session.script(step.postgres);
    await step.fill?.(session);
    await session.script(`UPDATE "${versionTable}" SET "version" = ${step.version}`);
  } catch (error) {
    throw refusal(step, error);
  }
  return false;
}

/** 0 where there is no schema yet. */
async function currentVersion(session: Session, versionTable: string): Promise<number> {
  const [found] = await session.all<{ readonly exists: boolean }>(
    { name: "find table", text: `SELECT to_regclass($1) IS NOT NULL AS "exists"` },
    [`"${versionTable}"`],
  );
  if (!found?.exists) return 0;
  const [row] = await session.all<{ readonly version: number }>({
    name: `read ${versionTable}`,
    text: `SELECT "version" FROM "${versionTable}"`,
  });
  return row?.version ?? 0;
}

function versionTableOf(name: string): string {
  return `
    CREATE TABLE "${name}" (
      "only" bigint PRIMARY KEY CHECK ("only" = 1),
      "version" bigint NOT NULL
    );
    INSERT INTO "${name}" VALUES (1, 0);
  `;
}

function refusal({ version, title }: Step, error: unknown): unknown {
  if (!(error instanceof PostgresError)) return error;
  const hint =
    error.code === insufficientPrivilege
      ? "its user must be allowed to make tables: GRANT USAGE, CREATE ON SCHEMA public TO that user"
      : "see what PostgreSQL's log says of it; what the database held before is there";
  return new Unavailable(`Migration ${version} (${title}) failed: ${error.message}`, {
    cause: error,
    hint,
  });
}
