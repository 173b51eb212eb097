/**
 * The command's and the client's own tests against AWS's APIs as moto_server has them, which was written apart from
 * the vault: what passes there is made of AWS's API calls and nothing else.
 */
import { spawnSync } from "node:child_process";
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

export const onMoto: Claim = {
  name: "on-moto",
  says: "command and client do on another implementation of AWS's APIs what they do on the vault",
  async run({ root, print }) {
    if (spawnSync("moto_server", ["--help"]).status !== 0) {
      print("moto_server is not installed here: nothing to compare with");
      return;
    }
    const passed = await passedTests({ root }, ["on-moto"], { CLAVIGER_TESTS_ON_MOTO: "1" });
    print(`${passed} tests of the command and the client passed on moto_server`);
  },
};
