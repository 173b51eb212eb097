import { expect, test } from "vitest";
import { NaiveStorage } from "./conformance/naive-storage.fixture.ts";
import { Conflict, retryOnConflict, table } from "./storage.ts";

const counters = table<{ readonly count: number }>("secrets");

test("of a hundred who change one row at once all get through, and no change is lost", async () => {
  const storage = new NaiveStorage();
  await storage.commit([{ type: "put", table: counters, key: "a", body: { count: 0 } }]);
  const increment = () =>
    retryOnConflict(async () => {
      const row = await storage.get(counters, "a");
      const count = (row?.body.count ?? 0) + 1;
      await storage.commit([
        { type: "put", table: counters, key: "a", body: { count }, expect: row?.revision },
      ]);
    });
  await Promise.all(Array.from({ length: 100 }, increment));
  expect((await storage.get(counters, "a"))?.body.count).toBe(100);
});

test("who never gets through is told, and another error ends it at once", async () => {
  let attempts = 0;
  const failing = (error: Error) =>
    retryOnConflict(async () => {
      attempts++;
      throw error;
    });
  await expect(failing(new Conflict("always"))).rejects.toThrow(Conflict);
  expect(attempts).toBe(24);
  await expect(failing(new TypeError("a bug"))).rejects.toThrow(TypeError);
  expect(attempts).toBe(25);
});
