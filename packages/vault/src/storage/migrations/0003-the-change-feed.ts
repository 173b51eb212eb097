/** What changed, in the order of commits, and how far it was read, kept and told. */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

export const theChangeFeed: Migration = {
  version: 3,
  title: "the change feed",
  ...tablesWithIndex(["changes", "change_marks"]),
};
