/** What the signed heads of each chain say of the others: none of them can vanish or end earlier. */
import { type Chain, chainName, type Head, type SeenHead } from "./chain.ts";
import type { Break } from "./verify.ts";

/** A chain that was followed to its end. */
interface FollowedChain {
  readonly chain: Chain;
  readonly head: Head;
  readonly removedUpTo: number;
  readonly hashes: ReadonlyMap<number, string>;
}

interface Sight extends SeenHead {
  readonly by: string;
}

export class SeenChains {
  /** By chain, number and hash: whoever said it first stands for all who say the same. */
  readonly #sights = new Map<string, Sight>();

  note(by: string, seen: readonly SeenHead[]): void {
    for (const each of seen) {
      const text = `${each.chain} ${each.number} ${each.hash}`;
      if (!this.#sights.has(text)) this.#sights.set(text, { ...each, by });
    }
  }

  /** The first chain that is not as another one saw it. */
  problem(chains: readonly FollowedChain[]): Break | undefined {
    for (const sight of this.#sights.values()) {
      const reason = problemOf(
        sight,
        chains.find(({ chain }) => chain === sight.chain),
      );
      if (reason !== undefined) {
        return { chain: chainName(sight.chain), group: sight.number, reason };
      }
    }
    return undefined;
  }
}

function problemOf({ by, number, hash }: Sight, there: FollowedChain | undefined) {
  if (there === undefined) return `the whole chain is missing: ${by} saw it up to this group`;
  if (number < there.removedUpTo) return undefined;
  if (number > there.head.number) {
    return `it is missing: the chain ends at group ${there.head.number}, and ${by} saw it`;
  }
  return there.hashes.get(number) === hash ? undefined : `it is not the one that ${by} saw`;
}
