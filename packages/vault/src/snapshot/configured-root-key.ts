/** The root key that a vault's data is opened with for verification, found as the server finds it. */

import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { Configuration } from "../configuration.ts";
import type { RootKeySource } from "../encryption/root-keys/source.ts";
import { rootKeySource } from "../encryption/root-keys/sources.ts";
import { settings } from "../settings.ts";

/** Throws ConfigurationError where none is named: beside a PostgreSQL database lies none. */
export function configuredRootKey({
  rootKey,
  rootKeyEndpoint,
}: Pick<Configuration, "rootKey" | "rootKeyEndpoint">): RootKeySource {
  if (rootKey !== undefined) return rootKeySource(rootKey, rootKeyEndpoint);
  throw new ConfigurationError(
    "no root key is named to open the vault with",
    `set ${settings.rootKey.variable}, as its server has it`,
  );
}
