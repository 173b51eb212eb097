/** Values for a command out of the vault, with what moto_server has not: roles and the feed. */
import { afterAll, beforeAll } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { runningWithValues } from "./run-values.suite.ts";

const root = new URL("../../..", import.meta.url).pathname;
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("values")}/data` });
});
afterAll(() => vault.stop());

runningWithValues(() => vault.environment);
