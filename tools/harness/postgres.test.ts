import { existsSync } from "node:fs";
import { Client } from "pg";
import { expect, test } from "vitest";
import { startPostgres } from "./postgres.ts";

test("a killed server comes back with what it acknowledged, and goes without a trace", async () => {
  const postgres = await startPostgres();
  const database = await postgres.newDatabase();
  const client = await connect(database);
  const lost = new Promise((resolve) => client.once("error", resolve));
  await client.query("CREATE TABLE kept (number int)");
  await client.query("INSERT INTO kept VALUES (7)");

  const { pid } = postgres;
  await postgres.kill();
  await lost;
  await expect(connect(database)).rejects.toThrow("ECONNREFUSED");
  await postgres.start();
  expect(postgres.pid).not.toBe(pid);
  const again = await connect(database);
  expect((await again.query("SELECT number FROM kept")).rows).toEqual([{ number: 7 }]);
  await again.end();

  await postgres.stop();
  expect(existsSync(postgres.dataDirectory)).toBe(false);
  await expect(connect(database)).rejects.toThrow("ECONNREFUSED");
});

test("an owner of a database may do nothing else on the server", async () => {
  const postgres = await startPostgres({ isFast: true });
  const [own, others] = [await postgres.newDatabase(), await postgres.newDatabase()];
  const client = await connect(own);
  await expect(client.query("CREATE DATABASE another")).rejects.toThrow("permission denied");
  await client.end();
  const password = new URL(own).password;
  const guess = Object.assign(new URL(others), { password }).href;
  await expect(connect(guess)).rejects.toThrow("password authentication failed");
  await postgres.stop();
});

async function connect(database: string): Promise<Client> {
  const client = new Client({ connectionString: database });
  await client.connect();
  return client;
}
