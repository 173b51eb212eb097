/** Hears NOTIFY on a connection of its own, which it makes anew whenever that is lost. */
import { once } from "node:events";
import { BackOff } from "../back-off.ts";
import type { Connection } from "./connection.ts";
import type { Connections } from "./connections.ts";

/** A server that has gone silently is noticed within this and the time it has to answer. */
const heartbeatMilliseconds = 10_000;

export class Listening {
  readonly #connections: Connections;
  readonly #channel: string;
  readonly #listener: (payload: string | undefined) => void;
  readonly #closing = new AbortController();

  constructor(
    connections: Connections,
    channel: string,
    listener: (payload: string | undefined) => void,
  ) {
    this.#connections = connections;
    this.#channel = channel;
    this.#listener = listener;
    void this.#listen();
  }

  close(): void {
    this.#closing.abort();
  }

  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    const backOff = new BackOff();
    while (!signal.aborted) {
      try {
        const connection = await this.#connections.openOwn();
        await this.#hear(connection).finally(() => connection.close());
        backOff.succeeded();
      } catch {
        // Not reached, or lost at once: whoever needs the database hears that of their own requests.
      }
      await backOff.pause(signal);
    }
  }

  /** Ends when the connection is lost, or nobody listens any more. */
  async #hear(connection: Connection): Promise<void> {
    const lost = once(connection, "lost", { signal: this.#closing.signal });
    const heartbeat = setInterval(
      () => connection.all({ name: "heartbeat", text: "SELECT 1" }).catch(() => {}),
      heartbeatMilliseconds,
    ).unref();
    try {
      connection.on("notification", this.#listener);
      await Promise.race([lost, connection.script(`LISTEN "${this.#channel}"`)]);
      this.#listener(undefined);
      await lost;
    } finally {
      clearInterval(heartbeat);
    }
  }
}
