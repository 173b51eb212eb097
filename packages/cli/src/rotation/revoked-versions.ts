/** Which versions of a secret a vault gives to nobody any more, and since when. */
import { isOneOf } from "../aws-failure.ts";
import type { Reference } from "../stores/reference.ts";
import { describeRotation } from "./vault-rotations.ts";

/** By the version's id. */
export type Revoked = ReadonlyMap<string, Date>;

/** undefined where nobody tells: AWS revokes no versions, and not everybody may ask a vault. */
export async function revokedVersions(reference: Reference): Promise<Revoked | undefined> {
  try {
    const found = (await describeRotation(reference))?.revokedVersions;
    return found && new Map(found.map(({ versionId, revokedDate }) => [versionId, revokedDate]));
  } catch (error) {
    if (!isOneOf(error, "AccessDeniedException")) throw error;
    process.stderr.write(
      "note: which versions were revoked is for those who may claviger:DescribeRotation\n",
    );
    return undefined;
  }
}
