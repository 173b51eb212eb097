import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scope, TestSecrets, token } from "../secrets/secrets.fixture.ts";
import { withoutValues } from "./scrubbing.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

const scrubbed = async (name: string, text: string, versionIds: readonly string[] = []) => {
  const { record } = await shelf.secrets.locate(scope, name);
  if (record === undefined) throw new Error("it was not created");
  const { storage, keys } = shelf;
  const parts = { storage, keys, clock: { now: () => shelf.now } };
  return withoutValues(parts, text, record, versionIds);
};

describe("what a rotator says", () => {
  it("is told without the values that the secret has, however they are spelled", async () => {
    await shelf.create("spelled", JSON.stringify({ password: 'p"ss/word' }));
    const spellings = ['p"ss/word', 'p\\"ss/word', "p%22ss%2Fword", "cCJzcy93b3Jk"];
    expect(await scrubbed("spelled", `bad: ${spellings.join(" ")}`)).toBe("bad: *** *** *** ***");
  });

  it("is told without the value of a version that no label names", async () => {
    await shelf.create("unlabelled", "first value", { token: token(1) });
    await shelf.put("unlabelled", "second value", token(2));
    await shelf.put("unlabelled", "third value", token(3));
    const text = "neither first value nor second value";
    expect(await scrubbed("unlabelled", text, [token(1)])).toBe("neither *** nor ***");
  });
});
