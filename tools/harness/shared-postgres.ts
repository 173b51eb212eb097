/**
 * One PostgreSQL for a whole run of the tests, of which each takes a database of its own
 * (packages/vault/src/testing/database.ts). The first project that asks for it starts it.
 */
import { startPostgres } from "./postgres.ts";

export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.CLAVIGER_TESTS_POSTGRES !== undefined) return undefined;
  const postgres = await startPostgres({ isFast: true });
  process.env.CLAVIGER_TESTS_POSTGRES = postgres.url;
  return () => postgres.stop();
}
