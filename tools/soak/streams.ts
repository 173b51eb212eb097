/** Readers of the change feed, spread over a vault's nodes: each must hear of every write. */
import { setTimeout as sleep } from "node:timers/promises";
import { FeedListener } from "../harness/feed-listener.ts";
import type { World } from "./world.ts";

const catchUpMilliseconds = 10_000;

export class Streams {
  events = 0;
  readonly #world: World;
  readonly #listeners: readonly FeedListener[];
  /** For each of them: the newest version of each parameter that it heard of. */
  readonly #heard: readonly Map<string, number>[];

  constructor(world: World, count: number) {
    this.#world = world;
    this.#heard = Array.from({ length: count }, () => new Map());
    this.#listeners = this.#heard.map((versions, at) => {
      const node = world.nodes[at % world.nodes.length];
      return new FeedListener(
        () => (node?.isUp ? node.vault : undefined),
        ({ data }) => {
          this.events++;
          const { name, version } = data;
          if (typeof version === "number") versions.set(String(name), version);
        },
      );
    });
  }

  async begun(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.begun()));
  }

  get opened(): number {
    return this.#listeners.reduce((sum, { streams }) => sum + streams, 0);
  }

  /** When nothing is written any more: what some reader has not heard of, as a sentence each. */
  async missed(): Promise<string[]> {
    const deadline = performance.now() + catchUpMilliseconds;
    while (this.#missed().length > 0 && performance.now() < deadline) await sleep(50);
    return this.#missed();
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  #missed(): string[] {
    const { name: world, versions } = this.#world;
    return this.#heard.flatMap((heard, reader) =>
      [...versions]
        .filter(([name, version]) => (heard.get(name) ?? 0) < version)
        .map(([name]) => `reader ${reader} of ${world} never heard of the last version of ${name}`),
    );
  }
}
