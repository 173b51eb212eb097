import { expect, test } from "vitest";
import { Conflict, Stale, Unavailable } from "../storage.ts";
import { Gathering } from "./gathering.ts";
import type { ChangeList, Outcome } from "./group.ts";

const list = (characters = 1): ChangeList => ({
  changes: [{ type: "append", table: "changes", body: "x".repeat(characters) }],
});

test("what comes while a group is committed is the next one, within bounds", async () => {
  const sizes: number[] = [];
  const gathering = new Gathering(async (lists) => {
    sizes.push(lists.length);
    return lists.map((_, position) => position);
  });
  const commit = (count: number, characters?: number) =>
    Promise.all(Array.from({ length: count }, () => gathering.commit(list(characters))));
  const first = commit(1);
  await new Promise(setImmediate);
  await Promise.all([first, commit(1_200)]);
  await commit(3, 2_000_000);
  await commit(2, 5_000_000);
  expect(sizes).toEqual([1, 500, 500, 200, 2, 1, 1, 1]);
});

test("each list hears its own outcome, and all of them why a group failed", async () => {
  const outcomes: Outcome[] = [
    7,
    { type: "conflict", reason: "a" },
    { type: "stale", reason: "b" },
    { type: "unavailable", reason: "c" },
  ];
  let failure: Error | undefined;
  const gathering = new Gathering(async () => {
    if (failure) throw failure;
    return outcomes;
  });
  const settled = () => Promise.allSettled(outcomes.map(() => gathering.commit(list())));
  const reasonOf = (result: PromiseSettledResult<number>) =>
    result.status === "rejected" ? result.reason : result.value;
  expect((await settled()).map(reasonOf)).toEqual([
    7,
    new Conflict("a"),
    new Stale("b"),
    new Unavailable("c"),
  ]);
  failure = new Unavailable("gone");
  expect((await settled()).map(reasonOf)).toEqual(outcomes.map(() => failure));
  failure = undefined;
  const last = gathering.commit(list());
  await gathering.close();
  expect(await last).toBe(7);
  await expect(gathering.commit(list())).rejects.toThrow(Unavailable);
});
