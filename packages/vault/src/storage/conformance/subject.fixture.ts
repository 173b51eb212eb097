/** What the parts of the conformance suite share: the storage they try, and how they speak to it. */
import { type Change, type Range, type Storage, table } from "../storage.ts";

/** The storage under test: a new one for each test. */
export interface Subject {
  storage: Storage;
  /** Opens the same database again, after `storage` was closed. */
  reopen(): Promise<Storage>;
}

export const secrets = table<unknown>("secrets");
export const history = table<unknown>("changes");
export const roles = table<unknown>("roles");

export function put(key: string, body: unknown = {}, more: object = {}): Change {
  return { type: "put", table: secrets, key, body, ...more };
}

export async function keysOf(storage: Storage, range: Range): Promise<string[]> {
  return (await storage.list(secrets, range)).map(({ key }) => key);
}
