/** What changed, in the order of commits, and how far it was read, kept and told. */
import type { Migration } from "./migration.ts";
import { tableWithIndex } from "./table-with-index.ts";

export const theChangeFeed: Migration = {
  version: 3,
  title: "the change feed",
  sqlite: ["changes", "change_marks"].map(tableWithIndex).join(""),
};
