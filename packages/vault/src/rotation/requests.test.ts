import { afterAll, beforeAll, expect, it } from "vitest";
import { secretKey } from "../secrets/records.ts";
import { scope, TestSecrets } from "../secrets/secrets.fixture.ts";
import { putRotation, type RotationRun, rotationTable } from "./run.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

it.each(["rollBack", "overlap", "revokeOld"] as const)(
  "one that waits in %s is looked at anew when somebody asks for another",
  async (phase) => {
    const name = `waits-in-${phase}`;
    await shelf.create(name, "value");
    await shelf.rotate(name, {});
    const run = () => shelf.storage.get(rotationTable, secretKey(scope, name));
    const begun = await run();
    if (begun === undefined) throw new Error("it was not begun");
    const later = shelf.now + 3_600_000;
    const waiting: RotationRun = { ...begun.body, phase, nextAttemptAt: later };
    await shelf.storage.commit([putRotation({ ...waiting, requestToken: "another" }, begun)]);
    await expect(shelf.rotate(name, {})).rejects.toThrow(/That rotation will be reattempted/);
    expect((await run())?.body.nextAttemptAt).toBe(shelf.now);
  },
);

it("a rotation that was given up is tried again by whoever asks for another, as the reply says", async () => {
  await shelf.create("given-up", "value");
  await shelf.rotate("given-up", {});
  const run = () => shelf.storage.get(rotationTable, secretKey(scope, "given-up"));
  const begun = await run();
  if (begun === undefined) throw new Error("it was not begun");
  const over: RotationRun = { ...begun.body, phase: "failed", nextAttemptAt: undefined };
  await shelf.storage.commit([putRotation({ ...over, requestToken: "another" }, begun)]);
  await expect(shelf.rotate("given-up", {})).rejects.toThrow(/That rotation will be reattempted/);
  expect((await run())?.body.nextAttemptAt).toBe(shelf.now);
});
