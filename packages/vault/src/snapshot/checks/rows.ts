/** Every row and index entry of every table: readable, and of this history. */

import { changesTable } from "../../changes/entry.ts";
import { counterKey } from "../../storage/storage.ts";
import { type Check, parsed, problemIf } from "./checked-vault.ts";

export const rowChecks: Check = {
  what: "rows",
  async *run({ database }) {
    const { tables, changeCounter } = database;
    for (const table of tables) {
      let entries = 0;
      for await (const { key, revision, body, indexes } of database.rows(table)) {
        entries += indexes.length;
        const isMisplaced = table === changesTable.name && key !== counterKey(revision);
        yield {
          name: `${table} ${key}`,
          problems: [
            ...problemIf(parsed(body) === undefined, "its body can't be read"),
            ...problemIf(revision > changeCounter, "it is newer than the newest commit"),
            ...problemIf(isMisplaced, "it is not of the commit that its key names"),
          ],
        };
      }
      const stray = (await database.countIndexEntries(table)) - entries;
      if (stray !== 0) {
        yield { name: `${table}_index`, problems: [`${stray} entries belong to no row`] };
      }
    }
  },
};
