/**
 * What makes the answers of a vault with many nodes as true as those of one. A request that was
 * answered from memory is answered once more where another node had written what it read, and so
 * is one whose commit was refused for that reason. What may have written is never run again.
 */
import { EventStream } from "../event-stream.ts";
import { Stale, Unavailable } from "../storage/storage.ts";
import { Work } from "../storage/work.ts";
import type { Answer, Progress } from "./progress.ts";

/** Of a vault with many nodes. */
export interface Freshness {
  /**
   * Resolves when this node knows of all that any node had committed up to a change counter, or
   * without one when it was called.
   */
  catchUp(counter?: number): Promise<void>;
}

/** Runs what answers a request. */
export type Around = <Output>(task: () => Promise<Output>) => Promise<Output>;

/**
 * The answer to give: `conclude` brings one with its audit event durable, or throws Stale and has
 * recorded nothing. Once the event is, this node has heard of all that was acknowledged before the
 * request came, so the first answer counts unless what it was made of has turned out as outdated.
 */
export async function freshAnswer(
  freshness: Freshness,
  begun: Progress,
  beginAgain: (progress: Progress) => Progress,
  conclude: (progress: Progress, around: Around) => Promise<Answer>,
): Promise<Answer> {
  const work = new Work();
  try {
    const answer = await conclude(begun, (task) => runFirst(work, task));
    if (!work.isOutdated || !(await work.isWithoutTrace())) {
      work.confirm();
      return answer;
    }
    if (answer.output instanceof EventStream) answer.output.close();
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
  }
  work.abandon();
  return conclude(beginAgain(begun), (task) => runAgain(freshness, task));
}

/** Throws Stale only where the request may begin again. */
async function runFirst<Output>(work: Work, task: () => Promise<Output>): Promise<Output> {
  try {
    return await work.run(task);
  } catch (error) {
    if (!(error instanceof Stale) || (await work.isWithoutTrace())) throw error;
    throw new Unavailable("A part of it was written before another was outdated", { cause: error });
  }
}

/** What this node knows was true at a moment after the request came: that needs no other check. */
async function runAgain<Output>(freshness: Freshness, task: () => Promise<Output>) {
  await freshness.catchUp();
  const work = new Work();
  work.confirm();
  try {
    return await work.run(task);
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
    throw new Unavailable("It was outdated twice", { cause: error });
  }
}
