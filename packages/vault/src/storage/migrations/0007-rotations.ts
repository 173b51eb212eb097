/**
 * The newest rotation of each secret, and the order in which secrets fall due. Those whose rules
 * were kept before there was one come first in it: when they are looked at they take their place.
 */
import type { Migration } from "./migration.ts";
import { tablesWithIndex } from "./table-with-index.ts";

const table = tablesWithIndex(["rotations"]);

export const rotations: Migration = {
  version: 7,
  title: "rotations",
  sqlite: `
    ${table.sqlite}
    INSERT INTO "secrets_index" ("name", "value", "key")
    SELECT 'rotation-date', '000000000000000', "key" FROM "secrets"
    WHERE "body" ->> '$.rotation.nextRotationDate' IS NOT NULL;
  `,
  postgres: `
    ${table.postgres}
    INSERT INTO "secrets_index" ("name", "value", "key")
    SELECT 'rotation-date', '000000000000000', "key" FROM "secrets"
    WHERE "body"::json #>> '{rotation,nextRotationDate}' IS NOT NULL;
  `,
};
