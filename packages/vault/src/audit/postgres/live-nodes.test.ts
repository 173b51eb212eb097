import { afterEach, beforeEach, expect, test } from "vitest";
import { openPostgresDatabase, type PostgresDatabase } from "../../postgres/database.ts";
import { type OwnDatabase, ownDatabase } from "../../testing/database.ts";
import { liveNodes } from "./live-nodes.ts";
import { openPostgresAuditStore } from "./postgres-store.ts";

let own: OwnDatabase;
let database: PostgresDatabase;

beforeEach(async () => {
  own = await ownDatabase();
  database = await openPostgresDatabase(own);
});

afterEach(async () => {
  await database.close();
  await own.drop();
});

test("a node that beats lives, and one that was stopped has let go", async () => {
  const [first, second] = [
    await openPostgresAuditStore(database),
    await openPostgresAuditStore(database),
  ];
  await first.close();
  const looking = liveNodes(database);
  await second.beat();
  expect(await looking).toEqual(["node-2"]);
  await second.close();
  expect(await liveNodes(database)).toEqual([]);
});
