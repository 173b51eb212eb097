/** Refuses who asks more often than the limits of `--throttle` admit. */
import type { Authenticated } from "../authentication/authenticate.ts";
import type { Principal } from "../authorization/types.ts";
import { throttled } from "../errors.ts";
import type { PipelineParts, Progress } from "./progress.ts";

/** Before anything is done for the caller. Throws Throttling. */
export function admit(
  { principal }: Authenticated,
  { route, now }: Progress,
  { throttle, metrics }: PipelineParts,
): void {
  if (throttle === undefined) return;
  const limit = throttle.spent(
    {
      accountId: principal.accountId,
      principal: countedAs(principal),
      operation: `${route.service}:${route.operation}`,
    },
    now,
  );
  if (limit === undefined) return;
  metrics.countThrottled(limit);
  throw throttled();
}

/** A role's sessions count together: their names are the caller's to choose. */
function countedAs({ type, principalId, roleArn }: Principal): string {
  return type === "AssumedRole" && roleArn !== undefined ? roleArn : principalId;
}
