/** The first evening: from three files of keys to none, as a person types it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Claim } from "../claim.ts";
import { passedTests } from "../tests.ts";

export const firstEvening: Claim = {
  name: "first-evening",
  says: "14 keys leave three files for the vault, and the program runs under a role of its own, in less than five minutes of typing",
  async run({ root, print }) {
    const tests = "packages/cli/tests";
    await passedTests({ root }, [`${tests}/first-evening.test.ts`]);
    const session = readFileSync(
      join(root, tests, "scenarios/on-a-vault/first-evening.txt"),
      "utf8",
    );
    const typed = session.split("\n").filter((line) => line.startsWith("$ "));
    const characters = typed.reduce((sum, line) => sum + line.length - 1, 0);
    print(`${typed.length} commands, ${characters} characters: replayed word for word`);
  },
};
