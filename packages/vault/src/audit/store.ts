/**
 * Where an audit log keeps its groups: a database file of its own, or tables in PostgreSQL. A store
 * knows how to write durably and whose chain is whose; what the rows mean is written once, in
 * `sql/`, for both.
 */
import type { Queries, Statement } from "../postgres/database.ts";
import type { Chain } from "./chain.ts";
import type { GatheredGroup } from "./group.ts";

export interface Write {
  readonly statement: Statement;
  readonly values: readonly (string | number | null | Uint8Array)[];
}

/** Somebody else writes to the chain: what was noted in it has to be noted in another. */
export class ChainMoved extends Error {
  override readonly name = "ChainMoved";

  constructor() {
    super("The chain is another node's now");
  }
}

export interface AuditStore {
  /** For reading, also while a group is being committed. */
  readonly queries: Queries;
  /** The chain that this process adds its groups to. */
  readonly own: Chain;
  /** Why no group can be written now, where that is known before one is. */
  readonly trouble: string | undefined;
  /**
   * Adds a group to the own chain; one after the other. Resolves when it is durable, with the
   * storage's change counter where the trail lies beside the storage. Rejects with ChainMoved,
   * having written nothing, where the own chain is another one from now on.
   */
  commit(group: GatheredGroup): Promise<number | undefined>;
  /** Writes all or nothing. */
  write(writes: readonly Write[]): Promise<void>;
  /** The chains that nobody writes any more and that this process has to retire. */
  orphans(): Promise<readonly Chain[]>;
  /** Rejects while no group could be written. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
