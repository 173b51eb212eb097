/** What AWS keeps sessions of users and of the account root out of. */
import { accessDenied } from "../../errors.ts";
import type { Call } from "../operation.ts";

/** With such a session STS answers AssumeRole and GetCallerIdentity only. */
export function refuseOwnSession({ principal }: Call, operationName: string): void {
  const isOwnSession = principal.type !== "AssumedRole" && principal.tokenIssuedAt !== undefined;
  if (isOwnSession) throw cannotCallWithSession(operationName);
}

export function cannotCallWithSession(operationName: string) {
  return accessDenied(`Cannot call ${operationName} with session credentials`);
}
