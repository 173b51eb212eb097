/** The client beside the real vault and behind a network that fails in every way it can. */
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

const suites = {
  "reading and faults: hangs, resets, 429, 503, half bodies, clock jumps, rotation":
    "packages/client/tests/on-vault.test.ts",
  "credentials that end while a request is under way":
    "packages/client/tests/credentials-that-end.test.ts",
  "values that are pushed": "packages/client/tests/push.test.ts",
  "the cache as a state machine, against a naive model":
    "packages/client/src/cache/cache.property.test.ts",
};

export const clientFaults: Claim = {
  name: "client-faults",
  says: "whatever the network does, the client never gives a wrong version, storms or grows without bound",
  async run({ root, isFull, print }) {
    const seed = isFull ? { PROPERTY_SEED: "random" } : undefined;
    for (const [what, file] of Object.entries(suites)) {
      print(`${what}: ${await passedTests({ root }, [file], seed)} tests passed`);
    }
    const keys = isFull ? "100000" : "6000";
    await passedTests({ root }, ["packages/client/tests/distinct-keys.test.ts"], {
      CLAVIGER_DISTINCT_KEYS: keys,
    });
    print(`memory stays bounded over ${keys} distinct keys`);
  },
};
