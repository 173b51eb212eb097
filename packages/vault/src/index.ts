/** The vault: configure it, start it, stop it, verify its trail. */
export { verifyDataFolder } from "./audit/data-folder.ts";
export type { Verification } from "./audit/verify.ts";
export {
  type Configuration,
  ConfigurationError,
  readConfiguration,
} from "./configuration.ts";
export { RootKeyError } from "./encryption/root-keys/root-key.ts";
export {
  type RunningVault,
  type StartOptions,
  serverFile,
  startServer,
  untilSignalled,
  version,
} from "./main.ts";
export { readRootCredentials, rootCredentialsPath } from "./root-credentials.ts";
export { type Setting, type SettingName, settings } from "./settings.ts";
