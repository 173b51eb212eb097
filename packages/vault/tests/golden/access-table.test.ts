/**
 * The sample organisation's access, cell by cell. A change that lets somebody do more, or less, has
 * to change `access-table.txt` (`vitest -u`), where a reviewer sees it.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { accessTable } from "./access-table.fixture.ts";

let vault: TestVault;

beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.close());

test("who may do what is what the golden table says", async () => {
  await expect(await accessTable(vault.client)).toMatchFileSnapshot("access-table.txt");
  expect(vault.faults).toEqual([]);
});
