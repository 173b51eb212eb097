/** What a node of many tells of its database and of its part among the others. */
import type { Sample } from "./exposition.ts";
import type { FamilyName } from "./families.ts";
import { one } from "./process-metrics.ts";

/** Of the connections to PostgreSQL, and of how true the node's memory is. */
export interface DatabaseState {
  /** Whether there is a connection, or one can be made. */
  readonly isReachable: boolean;
  readonly connectionsInUse: number;
  readonly connectionsIdle: number;
  /** The change up to which the row cache is true, 0 where it is empty; the last one heard of. */
  readonly position: number;
  readonly counterSeen: number;
}

export class NodeMetrics {
  /** undefined on the embedded database. */
  database: (() => DatabaseState) | undefined;
  /** Whether this node runs the scheduled jobs; the only process there is always does. */
  holdsScheduleLease: () => boolean = () => true;

  samples() {
    const state = this.database?.();
    return {
      scheduleLease: [one(Number(this.holdsScheduleLease()))],
      databaseReachable: state ? [one(Number(state.isReachable))] : [],
      databaseConnections: state
        ? [one(state.connectionsInUse, "in_use"), one(state.connectionsIdle, "idle")]
        : [],
      databasePosition: state ? [one(state.position)] : [],
      databaseLag: state ? [one(lagOf(state))] : [],
    } satisfies Partial<Record<FamilyName, readonly Sample[]>>;
  }
}

/** Nothing in an empty cache is outdated, as while the database can't be reached. */
function lagOf({ position, counterSeen }: DatabaseState): number {
  return position === 0 ? 0 : counterSeen - position;
}
