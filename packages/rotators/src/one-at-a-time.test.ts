import { expect, test } from "vitest";
import { OneAtATime } from "./one-at-a-time.ts";

test("work on one thing waits for the work before, also where that fails; other work doesn't", async () => {
  const order: string[] = [];
  const queue = new OneAtATime();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = queue.run("a", async () => {
    await gate;
    order.push("first");
    throw new Error("of the first");
  });
  const second = queue.run("a", async () => order.push("second"));
  const third = queue.run("a", async () => order.push("third"));
  await queue.run("b", async () => order.push("other"));
  open();
  await expect(first).rejects.toThrow("of the first");
  await Promise.all([second, third]);
  expect(order).toEqual(["other", "first", "second", "third"]);
});
