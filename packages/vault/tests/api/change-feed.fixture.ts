/** For tests of the change feed: a reader of Server-Sent Events as HTML's standard has them. */
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { type Keys, smithy } from "../../src/authentication/signers.fixture.ts";
import type { TestVault } from "../../src/testing/index.ts";

export interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Opening {
  readonly keys?: Keys;
  readonly lastEventId?: string;
  readonly region?: string;
  readonly service?: string;
  readonly isPresigned?: boolean;
  readonly method?: string;
}

const patienceMilliseconds = 10_000;

/** A signed request for the feed, without waiting for more than its head. */
export async function ask(
  vault: Pick<TestVault, "url" | "clock" | "credentials">,
  opening: Opening = {},
): Promise<{ readonly sent: ClientRequest; readonly reply: IncomingMessage }> {
  const { keys = vault.credentials, lastEventId, region, isPresigned, method = "GET" } = opening;
  const signed = await smithy.sign(
    {
      method,
      path: "/changes",
      service: opening.service ?? "claviger",
      region: region ?? "us-east-1",
      at: vault.clock.now(),
      ...(isPresigned && { expiresIn: 60 }),
    },
    keys,
  );
  const { hostname, port } = new URL(vault.url);
  const headers = {
    ...(signed.headers as Record<string, string>),
    ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
  };
  const sent = request({ hostname, port, method, path: signed.target, headers });
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  sent.once("response", resolve).once("error", reject).end();
  return { sent, reply: await promise };
}

/** A stream of events that are taken one by one. */
export class FeedReader {
  /** As the standard's "last event ID": also moved by what has no data. */
  lastEventId = "";
  readonly ended: Promise<void>;
  readonly #sent: ClientRequest;
  readonly #heard: Heard[] = [];
  #wake: () => void = () => {};

  private constructor(sent: ClientRequest, reply: IncomingMessage) {
    this.#sent = sent;
    this.ended = this.#read(reply);
  }

  /** Resolves when the stream has said where it begins: what is changed from then on is heard. */
  static async open(
    vault: Pick<TestVault, "url" | "clock" | "credentials">,
    opening: Opening = {},
  ): Promise<FeedReader> {
    const { sent, reply } = await ask(vault, opening);
    if (reply.statusCode !== 200) throw new Error(Buffer.concat(await reply.toArray()).toString());
    const reader = new FeedReader(sent, reply);
    await reader.#until(() => reader.lastEventId !== "");
    return reader;
  }

  /** The next event; fails where there is none in time. */
  async next(): Promise<Heard> {
    await this.#until(() => this.#heard.length > 0);
    return this.#heard.shift() as Heard;
  }

  async take(count: number): Promise<Heard[]> {
    const taken: Heard[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** How many have arrived and were not taken. */
  get waiting(): number {
    return this.#heard.length;
  }

  close(): void {
    this.#sent.destroy();
  }

  async #until(isSo: () => boolean): Promise<void> {
    const end = Date.now() + patienceMilliseconds;
    while (!isSo()) {
      if (Date.now() > end) throw new Error("nothing was heard in time");
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, 1000);
      await promise;
      clearTimeout(timer);
    }
  }

  async #read(reply: IncomingMessage): Promise<void> {
    let text = "";
    try {
      for await (const chunk of reply.setEncoding("utf8")) {
        text += chunk;
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) this.#dispatch(block);
        this.#wake();
      }
    } catch {
      // Cut off: what came before counts.
    }
  }

  #dispatch(block: string): void {
    const fields = block.split("\n").filter((line) => !line.startsWith(":"));
    const field = (name: string) =>
      fields.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    this.lastEventId = field("id") ?? this.lastEventId;
    const data = field("data");
    if (data === undefined) return;
    const event = field("event") ?? "message";
    this.#heard.push({ id: this.lastEventId, event, data: JSON.parse(data) });
  }
}
