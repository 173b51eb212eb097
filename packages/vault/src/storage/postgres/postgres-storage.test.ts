import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Postgres, startPostgres } from "../../../../../tools/harness/postgres.ts";
import { openPostgresDatabase } from "../../postgres/database.ts";
import { type OpenedStorage, storageConformance } from "../storage.conformance.ts";
import type { SharedStorage } from "../storage.ts";
import { openPostgresStorage } from "./postgres-storage.ts";

let server: Postgres;

beforeAll(async () => {
  server = await startPostgres({ isFast: true });
});

afterAll(() => server.stop());

/** A node: its own connections, which end with its storage. */
async function openNode(url: string): Promise<SharedStorage> {
  const database = await openPostgresDatabase({ url });
  const storage = await openPostgresStorage({ database });
  const close = storage.close.bind(storage);
  return Object.assign(storage, {
    close: async () => {
      await close();
      await database.close();
    },
  });
}

async function open(): Promise<OpenedStorage> {
  const url = await server.newDatabase();
  const reopen = () => openNode(url);
  return { storage: await reopen(), reopen, remove: async () => {} };
}

storageConformance("PostgreSQL", open);
