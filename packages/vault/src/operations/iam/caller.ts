/** Operations that may leave out UserName mean the user whose access key signs the request. */
import { validationError } from "../../errors.ts";
import type { Call } from "../operation.ts";

export function userNameOrCaller(userName: string | undefined, call: Call): string {
  const name = userName ?? call.principal.userName;
  if (name === undefined) {
    throw validationError("Must specify userName when calling with non-User credentials");
  }
  return name;
}
