/** Faults on purpose: when each began and ended, what it did to whom, and what it explains. */
import type { Trouble } from "./answers.ts";

export interface Injection {
  readonly what: string;
  /** Nodes that may leave requests without an answer, or answer 503; "database": 503 on all. */
  readonly hits: readonly string[] | "database";
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

/** What was going on at a moment: for the report of what must not be, whatever goes on. */
export function during(moment: number, injections: readonly Injection[]): string {
  const all = injections.filter(({ beganAt, endedAt }) => moment >= beganAt && moment <= endedAt);
  return all.map(({ what }) => what).join(" and ") || "no fault";
}

function explains(
  { hits, beganAt, endedAt }: Injection,
  { kind, node, sentAt, endedAt: failedAt }: Trouble,
): boolean {
  if (sentAt > endedAt || failedAt < beganAt) return false;
  if (hits === "database") return kind === "unavailable";
  return kind !== "wrong" && hits.includes(node);
}
