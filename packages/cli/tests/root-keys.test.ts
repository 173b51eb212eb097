/** What `claviger server` says where a source of the root key lacks what it needs. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";

const command = fileURLToPath(new URL("../bin/claviger", import.meta.url));

/** Node's own answer for packages that are not installed, though they are here. */
const withoutProviders = `
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(specifier, context, next) {
      if (!/^@(aws-sdk|google-cloud)\\/(client-)?kms$/.test(specifier)) return next(specifier, context);
      throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    },
  });
`;

test.each([
  ["aws-kms:arn:aws:kms:us-east-1:123456789012:alias/vault", "@aws-sdk/client-kms"],
  ["gcp-kms:projects/p/locations/global/keyRings/r/cryptoKeys/k", "@google-cloud/kms"],
])("%s without its library", (source, library) => {
  const folder = temporaryFolder("root-keys");
  const hooks = join(folder, "hooks.mjs");
  writeFileSync(hooks, withoutProviders);
  const { status, stderr } = spawnSync(
    command,
    ["server", "--port", "0", "--data", join(folder, "data")],
    {
      env: {
        ...cleanEnvironment(`--import=${pathToFileURL(hooks)}`),
        CLAVIGER_ROOT_KEY: source,
      },
      encoding: "utf8",
      timeout: 20_000,
    },
  );
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      `error: This source of the root key needs the package ${library}, which is not installed.\n` +
      `hint: Install it beside the vault: npm install ${library}\n`,
  });
});
