/** Refuses who asks more often than the limits of `--throttle` admit. */
import type { Authenticated } from "../authentication/authenticate.ts";
import type { Principal } from "../authorization/types.ts";
import { throttled } from "../errors.ts";
import type { PipelineParts, Progress } from "./progress.ts";

/** Before anything is done for the caller. Throws Throttling. */
export function admit(
  { principal }: Authenticated,
  progress: Progress,
  { throttle, metrics }: PipelineParts,
): void {
  if (throttle === undefined) return;
  if (progress.isThrottled === undefined) {
    const { route, now } = progress;
    const limit = throttle.spent(
      {
        accountId: principal.accountId,
        principal: countedAs(principal),
        operation: `${route.service}:${route.operation}`,
      },
      now,
    );
    progress.isThrottled = limit !== undefined;
    if (limit !== undefined) metrics.countThrottled(limit);
  }
  if (progress.isThrottled) throw throttled();
}

/** A role's sessions count together: their names are the caller's to choose. */
function countedAs({ type, principalId, roleArn }: Principal): string {
  return type === "AssumedRole" && roleArn !== undefined ? roleArn : principalId;
}
