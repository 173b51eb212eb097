/** The vault: configure it, start it, stop it, verify its trail. */
export { auditPublicKeyPath } from "./audit/data-folder.ts";
export { exportTrail, type TrailPlace, verifyTrailAt } from "./audit/trail-place.ts";
export type { Verification } from "./audit/verify.ts";
export { ConfigurationError } from "./configuration/configuration-error.ts";
export type { RootCredentials } from "./configuration/root.ts";
export { type Configuration, readConfiguration } from "./configuration.ts";
export { longEnough, readPassphrase } from "./encryption/root-keys/passphrase.ts";
export {
  type RootKey,
  RootKeyError,
  rootKeyBytes,
  rootKeyFrom,
} from "./encryption/root-keys/root-key.ts";
export { readSecretFile } from "./encryption/root-keys/secret-file.ts";
export { OpenFailed } from "./encryption/seal.ts";
export {
  type RunningVault,
  type StartOptions,
  serverFile,
  startServer,
  untilSignalled,
  version,
} from "./main.ts";
export { makePrivateFolder, writePrivateFile } from "./private-file.ts";
export { readRootCredentials, rootCredentialsPath } from "./root-credentials.ts";
export {
  isRootLocked,
  lockRootCredentials,
  rootLockPath,
  unlockRootCredentials,
} from "./root-lock.ts";
export { type Setting, type SettingName, settings } from "./settings.ts";
export { backUp } from "./snapshot/backup.ts";
export { configuredRootKey } from "./snapshot/configured-root-key.ts";
export { type Place, parsePlace, placeName, placeOf } from "./snapshot/place.ts";
export type { Progress } from "./snapshot/progress.ts";
export { move, restore } from "./snapshot/restore.ts";
export { SnapshotError } from "./snapshot/snapshot-error.ts";
export type { SnapshotSummary } from "./snapshot/snapshot-file.ts";
export { type Verified, verifySnapshot, verifyVault } from "./snapshot/verify.ts";
