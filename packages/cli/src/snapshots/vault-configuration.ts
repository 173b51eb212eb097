/** Which vault a command means that reads its database itself, and how it is opened. */
import { type Configuration, readConfiguration, settings } from "@claviger/vault/data-folder";
import { CommandFailure } from "../failure.ts";

export interface VaultFlags {
  readonly data?: string;
  readonly database?: string;
  readonly insecure?: boolean;
}

/** As the server reads it; a `--data` that was typed is meant, whatever the environment names. */
export function vaultConfiguration(flags: VaultFlags): Configuration {
  if (flags.data !== undefined && flags.database !== undefined) {
    throw new CommandFailure("a vault is in one place", "give --data DIR or --database URL", 2);
  }
  const isFolder = flags.data !== undefined;
  return readConfiguration(flags, {
    ...process.env,
    ...(isFolder && { [settings.database.variable]: undefined }),
  });
}
