/**
 * Listens to the change feed through one node, for as long as it is told to: comes back where it
 * was whenever the stream ends, and tells each event once.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import aws4 from "aws4";
import { EventStreamParser } from "../../packages/client/src/change-feed/event-stream-parser.ts";
import type { VaultProcess } from "./vault-process.ts";

export interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const comeBackMilliseconds = 100;
/** Three heartbeats: whoever says nothing for so long has gone. */
const silenceMillisecondsMax = 45_000;
/** What may come again is what came last. */
const rememberedEvents = 1000;

export class FeedListener {
  /** Streams that were opened, one after the other. */
  streams = 0;
  readonly #vault: () => VaultProcess | undefined;
  readonly #onHeard: (heard: Heard) => void;
  readonly #end = new AbortController();
  readonly #done: Promise<void>;
  readonly #known = new Set<string>();
  #lastEventId: string;

  /**
   * `vault` is asked each time that a stream is opened. `onHeard` is told of each event in order,
   * and once: of what comes from now on, or behind `lastEventId`.
   */
  constructor(
    vault: () => VaultProcess | undefined,
    onHeard: (heard: Heard) => void,
    lastEventId = "",
  ) {
    this.#vault = vault;
    this.#onHeard = onHeard;
    this.#lastEventId = lastEventId;
    this.#done = this.#run();
  }

  /** Resolves once it has its place in the feed, with its id: what comes behind it is heard. */
  async begun(): Promise<string> {
    while (this.#lastEventId === "") await sleep(20);
    return this.#lastEventId;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      const vault = this.#vault();
      // The vault, or its node, may be gone: that is what coming back is for.
      if (vault !== undefined) await this.#listen(vault).catch(() => {});
      await sleep(comeBackMilliseconds, undefined, { signal: this.#end.signal }).catch(() => {});
    }
  }

  async #listen(vault: VaultProcess): Promise<void> {
    const reply = await opened(vault, this.#lastEventId, this.#end.signal);
    this.streams++;
    const parser = new EventStreamParser(this.#lastEventId);
    for await (const piece of reply) {
      for (const { event, data } of parser.push(piece)) this.#keep(parser, event, data);
      this.#lastEventId = parser.lastEventId;
    }
  }

  /** The feed tells everything at least once: after a break an event may come again, by its id. */
  #keep({ lastEventId: id }: EventStreamParser, event: string, data: string): void {
    const known = `${id} ${event} ${data}`;
    if (this.#known.has(known)) return;
    this.#known.add(known);
    const [oldest = ""] = this.#known;
    if (this.#known.size > rememberedEvents) this.#known.delete(oldest);
    this.#onHeard({ id, event, data: JSON.parse(data) });
  }
}

async function opened(
  { url, environment }: VaultProcess,
  lastEventId: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = environment;
  const { headers } = aws4.sign(
    {
      service: "claviger",
      region: "us-east-1",
      method: "GET",
      path: "/changes",
      headers: {
        Host: new URL(url).host,
        ...(lastEventId !== "" && { "Last-Event-ID": lastEventId }),
      },
    },
    { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  );
  const asked = request(`${url}/changes`, { headers: headers as Record<string, string>, signal });
  asked.setTimeout(silenceMillisecondsMax, () => asked.destroy(new Error("silence"))).end();
  const [reply]: [IncomingMessage] = await (once(asked, "response") as Promise<[IncomingMessage]>);
  asked.on("error", () => {});
  if (reply.statusCode !== 200) throw new Error(`the feed answered ${reply.statusCode}`);
  return reply.setEncoding("utf8");
}
