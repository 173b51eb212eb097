/** Settings that an account has of a service in a region. */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

export const serviceSettings: Migration = {
  version: 5,
  title: "service settings",
  ...tablesWithIndex(["service_settings"]),
};
