/** Every command of every guide, typed in order as it stands there, on a vault of the guide's own. */
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

export const guides: Claim = {
  name: "guides",
  says: "the guides' commands and programs do what the guides say, word for word",
  async run({ root, print }) {
    const files = ["packages/cli/tests/guides.test.ts", "packages/cli/tests/readme.test.ts"];
    const passed = await passedTests({ root }, files, { CLAVIGER_TESTS_OF_GUIDES: "1" });
    print(`${passed} tests of the README and the guides passed`);
  },
};
