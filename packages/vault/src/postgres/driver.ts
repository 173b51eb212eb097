/**
 * The driver of PostgreSQL, loaded when it is first asked for: a vault on the embedded database
 * would give its memory for nothing.
 */
import { createRequire } from "node:module";
import type pg from "pg";

const require = createRequire(import.meta.url);
let loaded: typeof pg | undefined;

export function driver(): typeof pg {
  loaded ??= require("pg") as typeof pg;
  return loaded;
}
