/**
 * What makes the answers of a vault with many nodes as true as those of one: a request that was
 * answered from memory is answered once more where another node had written what it read, and so is
 * one whose commit was refused for that reason. What has committed is never run again.
 */
import { Stale } from "../storage/storage.ts";
import { Work } from "../storage/work.ts";

/** Of a vault with many nodes. */
export interface Freshness {
  /** Resolves when this node knows of all that any node had committed when it was called. */
  catchUp(): Promise<void>;
}
