/** Which profile of ours a command is about. */
import { CommandFailure } from "../failure.ts";
import { listProfiles, type Profile, profileName, readProfile } from "./profile.ts";

/**
 * The named one, or AWS_PROFILE's; where neither names any, `claviger` or the only one there is. A
 * name that is nobody's never means another profile, whose key would be rotated.
 */
export function chosenProfile(named: string | undefined): Profile {
  const asked = named ?? (process.env.AWS_PROFILE || undefined);
  const found = asked === undefined ? undefined : readProfile(asked);
  if (found !== undefined) return found;
  if (asked === undefined) {
    const all = listProfiles();
    const preset = all.find(({ name }) => name === profileName) ?? all[0];
    if (preset !== undefined && (all.length === 1 || preset.name === profileName)) return preset;
    if (preset !== undefined) {
      throw new CommandFailure(
        `it could be any of ${all.map(({ name }) => name).join(", ")}`,
        "say which one with --profile",
        2,
      );
    }
  }
  throw new CommandFailure(
    asked === undefined ? "claviger keeps no profile yet" : `claviger keeps no profile ${asked}`,
    "make one: claviger login, or claviger setup on a vault of your own",
  );
}
