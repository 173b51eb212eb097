/**
 * Who of a vault's nodes does what must be done once: the holder of a lease. The embedded vault is
 * one process and holds it always.
 */

export interface Lease {
  /** Whether this process may act as its holder at this moment. */
  readonly isHeld: boolean;
  /**
   * Waits until this process holds the lease, and runs the task. Whatever that commits fails with
   * Conflict once the lease has gone to another, who does the task then: so this resolves with
   * undefined, as it does where the signal comes before the lease.
   */
  run<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result | undefined>;
  /** Lets it go at once. Whoever runs tasks under it ends them first. */
  close(): Promise<void>;
}

export const alwaysHeld: Lease = {
  isHeld: true,
  run: (task) => task(),
  close: async () => {},
};
