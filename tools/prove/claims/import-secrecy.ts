/** Where the values of imported files must not be, whatever happens meanwhile. */
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

export const importSecrecy: Claim = {
  name: "import-secrecy",
  says: "a value that is imported stands in no output, error, list of processes, temporary file or crash report; killed at any moment, import leaves the old file or the new one",
  async run({ root, isFull, print }) {
    const deaths = isFull ? 100 : 4;
    const tests = "packages/cli/tests";
    const secret = await passedTests({ root }, [`${tests}/import-secrecy.test.ts`]);
    print(`14 planted values were found nowhere, in ${secret} ways to succeed and to fail`);
    await passedTests({ root }, [`${tests}/import-killed.test.ts`], {
      CLAVIGER_TESTS_DEATHS: String(deaths),
    });
    print(`each file was whole after ${2 * deaths} deaths`);
  },
};
