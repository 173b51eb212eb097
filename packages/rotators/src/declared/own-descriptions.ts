/**
 * `types` of the rotators file, as the host reads them when it starts, and without what carries
 * them out: whoever starts a vault can tell that one is wrong before anything needs the host.
 */
import { DescriptionError } from "./members.ts";
import { readyDescriptions } from "./providers/ready-descriptions.ts";
import { readDescriptions } from "./read-descriptions.ts";

/** Of the rotators that are code, which are not loaded for their names. */
const codedTypes = ["IAMAccessKey", "MySQLUser", "OAuthClientSecret", "PostgreSQLUser"];

/** Throws DescriptionError. */
export function readOwnDescriptions(types: unknown): ReturnType<typeof readDescriptions> {
  const own = readDescriptions(types, readyDescriptions);
  const taken = codedTypes.find((type) => Object.hasOwn(own, type));
  if (taken === undefined) return own;
  throw new DescriptionError(`types.${taken}`, "is the name of a ready type");
}
