/** Operations that may leave out UserName mean the user whose access key signs the request. */
import { validationError } from "../../errors.ts";
import type { UserResource } from "../../principals/entities/users.ts";
import type { Call } from "../operation.ts";

export function userNameOrCaller(userName: string | undefined, call: Call): string {
  const name = userName ?? call.principal.userName;
  if (name === undefined) {
    throw validationError("Must specify userName when calling with non-User credentials");
  }
  return name;
}

/** The account root has no user: where it asks for itself, there is nothing to look up. */
export async function userOrRoot(
  userName: string | undefined,
  call: Call,
): Promise<UserResource | undefined> {
  if (userName === undefined && call.principal.type === "Root") return undefined;
  const name = userNameOrCaller(userName, call);
  return call.vault.principals.users.locate(call.scope.accountId, name);
}
