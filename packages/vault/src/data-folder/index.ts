/**
 * A vault's configuration, and what lies in its data folder beside the databases: all that most
 * commands ask of a vault. Nothing here loads the vault itself, so that they start at once.
 */
export { auditPublicKeyPath } from "../audit/data-folder.ts";
export { ConfigurationError } from "../configuration/configuration-error.ts";
export type { RootCredentials } from "../configuration/root.ts";
export { type Configuration, readConfiguration } from "../configuration.ts";
export { longEnough, readPassphrase } from "../encryption/root-keys/passphrase.ts";
export {
  type RootKey,
  RootKeyError,
  rootKeyBytes,
  rootKeyFrom,
} from "../encryption/root-keys/root-key.ts";
export { readSecretFile } from "../encryption/root-keys/secret-file.ts";
export { OpenFailed } from "../encryption/seal.ts";
export { makePrivateFolder, writePrivateFile } from "../private-file.ts";
export { readRootCredentials, rootCredentialsPath } from "../root-credentials.ts";
export {
  isRootLocked,
  lockRootCredentials,
  rootLockPath,
  unlockRootCredentials,
} from "../root-lock.ts";
export { type Setting, type SettingName, settings } from "../settings.ts";
export { serverFile } from "./server-file.ts";
