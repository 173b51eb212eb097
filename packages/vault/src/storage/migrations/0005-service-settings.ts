/** Settings that an account has of a service in a region. */
import type { Migration } from "./migration.ts";
import { tableWithIndex } from "./table-with-index.ts";

export const serviceSettings: Migration = {
  version: 5,
  title: "service settings",
  sqlite: tableWithIndex("service_settings"),
};
