import { expect, test } from "vitest";
import { settle } from "../memory-store.fixture.ts";
import { Gate } from "./gate.ts";

/** Runs that end when the test says so, in the order in which they began. */
function runs(gate: Gate) {
  const begun: { name: string; end: () => void; fail: () => void }[] = [];
  const run = (name: string, signal = new AbortController().signal) =>
    gate.pass(() => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      begun.push({ name, end: () => resolve(name), fail: () => reject(new Error(name)) });
      return promise;
    }, signal);
  return { begun, run, names: () => begun.map(({ name }) => name) };
}

test("as many as there is room for are at it, the others follow in their order", async () => {
  const { begun, run, names } = runs(new Gate(2));
  const all = ["a", "b", "c", "d"].map((name) => run(name).catch(() => `${name} failed`));
  await settle();
  expect(names()).toEqual(["a", "b"]);
  begun[1]?.fail();
  await settle();
  expect(names()).toEqual(["a", "b", "c"]);
  begun[0]?.end();
  await settle();
  for (const { end } of begun) end();
  expect(await Promise.all(all)).toEqual(["a", "b failed", "c", "d"]);
});

test("who leaves the queue takes nobody's turn", async () => {
  const { begun, run, names } = runs(new Gate(1));
  const leaver = new AbortController();
  const first = run("first");
  const left = run("left", leaver.signal);
  const last = run("last");
  leaver.abort(new Error("gone"));
  await expect(left).rejects.toThrow("gone");
  begun[0]?.end();
  await settle();
  expect(names()).toEqual(["first", "last"]);
  begun[1]?.end();
  expect(await Promise.all([first, last])).toEqual(["first", "last"]);
  const again = run("again");
  begun[2]?.end();
  expect(await again).toBe("again");
});
