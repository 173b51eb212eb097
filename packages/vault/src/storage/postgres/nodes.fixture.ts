/** Nodes on one database, each as another process would have it: with connections of its own. */
import { openPostgresDatabase, type PostgresDatabase } from "../../postgres/database.ts";
import { type Change, type SharedStorage, type TouchedRow, table } from "../storage.ts";
import { openPostgresStorage } from "./postgres-storage.ts";

export const secrets = table<unknown>("secrets");
export const history = table<unknown>("changes");

export interface Node {
  readonly database: PostgresDatabase;
  readonly storage: SharedStorage;
  /** What it was told of others' commits, a list each time. */
  readonly told: (readonly TouchedRow[] | undefined)[];
  close(): Promise<void>;
}

export async function openNode(url: string): Promise<Node> {
  const database = await openPostgresDatabase({ url });
  const storage = await openPostgresStorage({ database });
  const told: Node["told"] = [];
  storage.onOthersWrote((rows) => told.push(rows));
  const close = storage.close.bind(storage);
  // As a process ends: its connections with all that used them.
  storage.close = async () => {
    await close();
    await database.close();
  };
  return { database, storage, told, close: () => storage.close() };
}

export function put(key: string, body: unknown = {}, more: object = {}): Change {
  return { type: "put", table: secrets, key, body, ...more };
}

export function touched(...keys: string[]): readonly TouchedRow[] {
  return keys.map((key) => ({ table: "secrets", key }));
}
