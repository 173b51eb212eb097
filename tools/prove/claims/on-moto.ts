/**
 * The command's own tests against AWS's APIs as moto_server has them, which was written apart from
 * the vault: what passes there is made of AWS's API calls and nothing else.
 */
import { spawnSync } from "node:child_process";
import { type Claim, demand } from "../claim.ts";

export const onMoto: Claim = {
  name: "on-moto",
  says: "the command's verbs do on another implementation of AWS's APIs what they do on the vault",
  async run({ root, print }) {
    if (spawnSync("moto_server", ["--help"]).status !== 0) {
      print("moto_server is not installed here: nothing to compare with");
      return;
    }
    const { status, stdout } = spawnSync(
      "vitest",
      ["run", "--project", "whole", "--reporter", "json", "on-moto"],
      { cwd: root, encoding: "utf8", env: { ...process.env, CLAVIGER_TESTS_ON_MOTO: "1" } },
    );
    const { numPassedTests, numFailedTests } = JSON.parse(stdout.slice(stdout.indexOf("{")));
    print(
      `${numPassedTests} of the command's tests passed on moto_server, ${numFailedTests} failed`,
    );
    demand(status === 0 && numPassedTests > 0, "a verb does something else on moto_server");
  },
};
