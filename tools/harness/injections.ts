/** Faults on purpose: when each began and ended, what it did to whom, and what it explains. */
import type { Trouble } from "./answers.ts";

export interface Injection {
  readonly what: string;
  /** Nodes that may leave requests without an answer; of others 503 is the worst. */
  readonly cutsOff: readonly string[];
  /** Of `performance.now()`. */
  readonly beganAt: number;
  /** When all were well again. */
  endedAt: number;
}

/** Troubles that no injection explains. */
export function unexplained(
  troubles: readonly Trouble[],
  injections: readonly Injection[],
): Trouble[] {
  return troubles.filter((trouble) => !injections.some((one) => explains(one, trouble)));
}

function explains(
  { cutsOff, beganAt, endedAt }: Injection,
  { kind, node, sentAt, endedAt: failedAt }: Trouble,
): boolean {
  if (sentAt > endedAt || failedAt < beganAt) return false;
  return kind === "unavailable" || (kind === "unanswered" && cutsOff.includes(node));
}
