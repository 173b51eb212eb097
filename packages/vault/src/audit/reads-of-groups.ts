/** The reads in groups that were written before anybody noted them (`reads.ts`). */
import type { Chain } from "./chain.ts";
import { eventsOf } from "./line.ts";
import { splitLines, unpackLines } from "./packed-lines.ts";
import { type NotedRead, ReadNotes } from "./reads.ts";

/** How far back of the newest group they are looked for: as far as rotations look for readers. */
export const carriedOverMilliseconds = 7 * 86_400_000;

interface PackedGroup {
  readonly chain: Chain;
  readonly lines: Uint8Array;
}

/** Takes the groups of one chain after the other, oldest first. */
export class ReadsOfGroups {
  #chain: Chain | undefined;
  #notes = new ReadNotes();

  of({ chain, lines }: PackedGroup): readonly NotedRead[] {
    if (chain !== this.#chain) this.#notes = new ReadNotes();
    this.#chain = chain;
    let text: string;
    try {
      text = unpackLines(lines);
    } catch {
      // A damaged group has nothing to tell; whoever verifies the trail is told of it.
      return [];
    }
    const reads = splitLines(text).filter((line) => line.includes(`"GetSecretValue"`));
    return this.#notes.of(eventsOf(reads));
  }
}
