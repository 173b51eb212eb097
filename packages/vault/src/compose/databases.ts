/**
 * What a vault keeps everything in: the files of a data folder that one process serves, or the
 * PostgreSQL database that many nodes share. All that differs between the two is behind this.
 */
import type { AuditLog } from "../audit/event.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { Configuration } from "../configuration.ts";
import type { RootKeySetting } from "../encryption/root-keys/sources.ts";
import type { AuditSigner } from "../keys/audit-signer.ts";
import type { Lease } from "../leases/lease.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Freshness } from "../pipeline/freshness.ts";
import type { RootCredential } from "../principals/principals.ts";
import type { Job } from "../schedule.ts";
import type { Storage } from "../storage/storage.ts";

export interface DatabaseParts {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: Metrics;
}

export interface LeaseHolder {
  /** Whether this process can do the work at all now. */
  isAble(): boolean;
  onFault(fault: unknown): void;
}

export interface Databases {
  /** What messages call it. */
  readonly name: string;
  /** The rows; those used of late are in memory. */
  readonly storage: Storage;
  readonly rootKey: RootKeySetting;
  /**
   * The first root's, made where that may be: so not before the key ring was opened. Its secret is
   * undefined while it is locked away.
   */
  root(): Omit<RootCredential, "accountId">;
  /** Of the rows that requests are answered from; undefined where nobody else writes any. */
  readonly freshness: Freshness | undefined;
  /** Why it is not to be relied on; undefined while all is well. */
  readonly trouble: string | undefined;
  /** What the database itself asks for from time to time. */
  readonly jobs: readonly Job[];
  /** Of running the jobs of the vault. */
  openLease(holder: LeaseHolder): Lease;
  openAuditLog(signer: AuditSigner): Promise<AuditLog>;
  /** After the audit log and the lease. */
  close(): Promise<void>;
}
