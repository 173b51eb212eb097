/**
 * The load: keep-alive connections that each send requests of their own over and over. A process
 * apart from servers and bench, which parses no more of a reply than where it ends, so that it
 * costs little of the machine that it shares. Reads a `LoadPlan` from standard input, prints a
 * `LoadResult`.
 */
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { LoadPlan, LoadResult } from "./load.ts";

const plan: LoadPlan = JSON.parse(await text(process.stdin));
const { hostname, port } = new URL(plan.url);
const requests = plan.requests.map((request) => Buffer.from(request, "latin1"));
const latencies: number[] = [];
/** When a reply was awaited from, for those that no connection was free for. */
const due: number[] = [];
let answered = 0;

const startedAt = performance.now();
const endsAt = startedAt + plan.seconds * 1000;

/** One connection. The requests are dealt out, so that no two of them write the same record. */
class Client {
  readonly #own: readonly Buffer[];
  readonly #ended: () => void;
  #socket: Socket;
  #at = 0;
  #from = 0;
  #received: Buffer | undefined;
  isIdle = true;

  constructor(number: number, ended: () => void) {
    const own = requests.filter((_, at) => at % plan.connections === number);
    this.#own = own.length > 0 ? own : requests;
    this.#ended = ended;
    this.#socket = this.#connect();
  }

  /** `from` is when the request was due. */
  send(from: number): void {
    this.isIdle = false;
    this.#from = from;
    this.#socket.write(this.#own[this.#at++ % this.#own.length] as Buffer);
  }

  close(): void {
    this.#socket.removeAllListeners("close").destroy();
    this.#ended();
  }

  #connect(): Socket {
    const socket = connect(Number(port), hostname).setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (error) => fail(error.message));
    return socket;
  }

  #receive(chunk: Buffer): void {
    const received = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = received.indexOf("\r\n\r\n");
    const head = headEnd === -1 ? "" : received.toString("latin1", 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN);
    if (headEnd === -1 || received.length < headEnd + 4 + length) {
      this.#received = received;
      return;
    }
    this.#received = undefined;
    if (head.slice(9, 12) !== "200") fail(received.toString());
    latencies.push(performance.now() - this.#from);
    answered += 1;
    if (/\r\nconnection: *close/i.test(head)) {
      this.#socket.destroy();
      this.#socket = this.#connect();
    }
    this.isIdle = true;
    this.#next();
  }

  #next(): void {
    const now = performance.now();
    if (now >= endsAt) this.close();
    else if (plan.ratePerSecond === undefined) this.send(now);
    else {
      const from = due.shift();
      if (from !== undefined) this.send(from);
    }
  }
}

function fail(what: string): never {
  process.stderr.write(`under load: ${what}\n`);
  process.exit(1);
}

let open = plan.connections;
const { promise: ended, resolve } = Promise.withResolvers<void>();
const clients = Array.from({ length: plan.connections }, (_, number) => {
  return new Client(number, () => {
    open -= 1;
    if (open === 0) resolve();
  });
});
if (plan.ratePerSecond === undefined) for (const client of clients) client.send(startedAt);
else pace(plan.ratePerSecond);
await ended;
report();

/** Requests fall due evenly; a latency counts from then, also where no connection was free. */
function pace(ratePerSecond: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const until = Math.min(now, endsAt);
    for (; startedAt + (sent * 1000) / ratePerSecond <= until; sent++) {
      const from = startedAt + (sent * 1000) / ratePerSecond;
      const free = clients.find(({ isIdle }) => isIdle);
      if (free === undefined) due.push(from);
      else free.send(from);
    }
    if (now < endsAt) return;
    clearInterval(timer);
    for (const client of clients) if (client.isIdle) client.close();
  }, 1);
}

function report(): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = Float64Array.from(latencies).sort();
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const result: LoadResult = {
    requestsPerSecond: answered / seconds,
    answered,
    p50Milliseconds: quantile(0.5),
    p99Milliseconds: quantile(0.99),
    maxMilliseconds: sorted.at(-1) ?? Number.NaN,
  };
  process.stdout.write(JSON.stringify(result));
}
