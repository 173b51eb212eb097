import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { eventIdAt } from "./event-id.ts";

test("event ids are UUIDs of version 7 in the order of their times", () => {
  const ids = [1, 1_700_000_000_000, 1_700_000_000_001].map((time) =>
    eventIdAt(time, randomUUID()),
  );
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(ids.toSorted()).toEqual(ids);
  expect(Number.parseInt((ids[1] as string).replace("-", "").slice(0, 12), 16)).toBe(
    1_700_000_000_000,
  );
});
