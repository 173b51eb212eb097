/** The commands of every day against the vault, and what only a vault or a terminal shows. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { dayToDay } from "./day-to-day.suite.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
let vault: VaultProcess;

beforeAll(async () => {
  vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("day")}/data` });
});
afterAll(() => vault.stop());

dayToDay(() => vault.environment);
