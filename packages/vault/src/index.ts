/** The vault: configure it, start it, stop it, verify its trail. */
export { exportTrail, type TrailPlace, verifyTrailAt } from "./audit/trail-place.ts";
export type { Verification } from "./audit/verify.ts";
export * from "./data-folder/index.ts";
export {
  type RunningVault,
  type StartOptions,
  startServer,
  untilSignalled,
  version,
} from "./main.ts";
export { backUp } from "./snapshot/backup.ts";
export { configuredRootKey } from "./snapshot/configured-root-key.ts";
export { type Place, parsePlace, placeName, placeOf } from "./snapshot/place.ts";
export type { Progress } from "./snapshot/progress.ts";
export { move, restore } from "./snapshot/restore.ts";
export { SnapshotError } from "./snapshot/snapshot-error.ts";
export type { SnapshotSummary } from "./snapshot/snapshot-file.ts";
export { type Verified, verifySnapshot, verifyVault } from "./snapshot/verify.ts";
