/** Which secret a rotation is about: parameters have no rotation of their own. */
import { CommandFailure, exitCodes } from "../failure.ts";
import { printed, type Reference, readWhole } from "../stores/reference.ts";

/** What help texts call it. */
export const secretForm = "secretsmanager:name";

export function readSecret(typed: string): Reference {
  const reference = readWhole(typed);
  if (reference.service === "secretsmanager") return reference;
  const name = reference.name.replace(/^\//, "");
  throw new CommandFailure(
    `${printed(reference)} is a parameter, and only secrets are rotated`,
    `keep the key as a secret: claviger cp ${printed(reference)} secretsmanager:${name}; its readers then name /aws/reference/secretsmanager/${name}`,
    exitCodes.wrongWords,
  );
}
