import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe } from "vitest";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { importing } from "./import.suite.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("claviger import, against a vault", () => {
  let vault: VaultProcess;

  beforeAll(async () => {
    vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("import")}/data` });
  });
  afterAll(() => vault.stop());

  importing(() => vault.environment);
});
