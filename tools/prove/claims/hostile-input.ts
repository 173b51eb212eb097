/** Every operation's input, random and hostile, by its declared shape. */
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

export const hostileInput: Claim = {
  name: "hostile-input",
  says: "no input of any operation brings a server's fault or a hang, and what is refused changes no record",
  async run({ root, isFull, print }) {
    const runs = isFull ? 100 : 5;
    const files = ["packages/vault/tests/api/fuzz.test.ts"];
    const passed = await passedTests({ root }, files, {
      FUZZ_RUNS: String(runs),
      ...(isFull && { PROPERTY_SEED: "random" }),
    });
    print(`${passed} tests passed, with ${runs} inputs for each operation`);
  },
};
