/** What the rotation engine is made of. */
import type { AuditLog } from "../audit/event.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { Lease } from "../leases/lease.ts";
import type { NoticeSink } from "../notices.ts";
import type { SecretRecord } from "../secrets/records.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { Storage } from "../storage/storage.ts";
import type { Laggards } from "./overlap.ts";
import type { Rotators } from "./rotators.ts";
import type { RotationRun } from "./run.ts";

export interface EngineParts {
  /** Tells the change feed of what it commits. */
  readonly storage: Storage;
  readonly secrets: Secrets;
  readonly rotators: Rotators;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly auditLog: AuditLog;
  readonly notices: NoticeSink;
  /** Whoever holds it rotates. */
  readonly lease: Lease;
  /** Of a vault with many nodes: resolves when this one knows what all have acknowledged. */
  readonly freshness: { catchUp(): Promise<void> } | undefined;
  /** Who has not moved to the new version yet. */
  laggardsOf(run: RotationRun, now: number): Promise<Laggards>;
  /** What a rotator said, without the values of the labelled versions and of those named. */
  withoutValues(
    text: string,
    secret: SecretRecord,
    versionIds: readonly string[],
    charactersMax?: number,
  ): Promise<string>;
  readonly metrics: RotationCounts;
  onFault(fault: unknown): void;
}

export interface RotationCounts {
  countEnd(outcome: "succeeded" | "failed" | "abandoned"): void;
  observe(underWay: {
    readonly inPhase: ReadonlyMap<string, number>;
    readonly laggards: number;
  }): void;
}
