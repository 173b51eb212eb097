/** Staging labels and parameter labels as state machines, against naive models of AWS's prose. */
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

const machines = {
  "staging labels of secrets": "packages/vault/src/secrets/versions.property.test.ts",
  "labels of parameters": "packages/vault/src/parameters/labels.property.test.ts",
};

export const labels: Claim = {
  name: "labels",
  says: "labels move as a naive model of AWS's documentation moves them, whatever is asked in whatever order",
  async run({ root, isFull, print }) {
    const times = isFull ? 10 : 1;
    for (const [what, file] of Object.entries(machines)) {
      const passed = await passedTests({ root }, [file], {
        PROPERTY_TIMES: String(times),
        ...(isFull && { PROPERTY_SEED: "random" }),
      });
      print(`${what}: ${passed} properties held over ${times} times the usual number of runs`);
    }
  },
};
