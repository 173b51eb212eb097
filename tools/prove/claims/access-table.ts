/**
 * Who may do what in the sample organisation, asked of a running vault with one real request for
 * each cell, is what the checked-in table says.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessTable } from "../../../packages/vault/tests/golden/access-table.fixture.ts";
import { startVaultProcess, temporaryFolder } from "../../harness/vault-process.ts";
import { type Claim, demand } from "../claim.ts";
import { clientConfiguration } from "../client-configuration.ts";

const golden = "packages/vault/tests/golden/access-table.txt";

export const accessTableClaim: Claim = {
  name: "access-table",
  says: "people, workloads and a break-glass role may do what the golden table says, and nothing else",
  async run({ root, print }) {
    const dataDirectory = join(temporaryFolder("access-table"), "data");
    const vault = await startVaultProcess({ root, dataDirectory });
    try {
      const table = await accessTable(clientConfiguration(vault.environment));
      for (const line of table.trimEnd().split("\n")) print(line);
      const expected = readFileSync(join(root, golden), "utf8").split("\n");
      const at = table.split("\n").findIndex((line, number) => line !== expected[number]);
      demand(table === expected.join("\n"), `line ${at + 1} differs from ${golden}`);
      const marks = table.match(/[✔✘]/g) ?? [];
      const granted = marks.filter((mark) => mark === "✔").length;
      print("");
      print(`${marks.length} requests: ${granted} allowed, ${marks.length - granted} denied`);
    } finally {
      await vault.stop();
    }
  },
};
