/**
 * `kill -9` in the middle of a rekey, several times, while readers and writers go on: nothing is
 * lost or unreadable, and at its end the old root key opens nothing and no row lies under the old
 * generation. `npm run prove -- rekey` is the same with more of everything.
 */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { killedRekeys } from "../../../../tools/harness/killed-rekeys.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

test("a rekey survives kill -9", { timeout: 120_000 }, async () => {
  const figures = await killedRekeys({
    root,
    users: 60,
    rekeys: 2,
    killsPerRekey: 1,
    print: () => {},
  });
  expect(figures.kills).toBe(2);
  expect(figures.rows).toBeGreaterThan(200);
  expect(figures.acknowledgedWrites).toBeGreaterThan(0);
});
