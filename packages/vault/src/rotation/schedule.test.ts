import { afterAll, beforeAll, expect, it } from "vitest";
import { unheard } from "../notices.ts";
import { day, TestSecrets } from "../secrets/secrets.fixture.ts";
import type { EngineParts } from "./engine-parts.ts";
import { beginDue } from "./schedule.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

it("others are served while many secrets fall due whose last rotation is not over", async () => {
  const names = Array.from({ length: 250 }, (_, at) => `busy/${at}`);
  await Promise.all(
    names.map(async (name) => {
      await shelf.create(name, "value");
      await shelf.rotate(name, { automaticallyAfterDays: 1 });
    }),
  );
  shelf.now += 3 * day;
  let turns = 0;
  const count = () => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const parts = { storage: shelf.storage, clock: { now: () => shelf.now }, notices: unheard };
  await beginDue(parts as unknown as EngineParts);
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(2);
});
