/**
 * A worker thread that owns a database's writes: it answers every message once and in order, and
 * keeps the process alive only while somebody waits for an answer. One that ends by itself, out of
 * memory or by a fault, is started again: whoever waits or comes until then is refused at once. While
 * one answers nothing at all, as with a disk that hangs, whoever comes is refused as well.
 */
import { getCompileCacheDir } from "node:module";
import { basename, dirname, extname } from "node:path";
import { type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import { BackOff } from "./back-off.ts";

type FirstMessage = { readonly type: "ready" } | Refused;

interface Refused {
  readonly type: "refused";
  readonly reason: string;
  readonly hint: string | undefined;
}

/** What the thread was to open is not as it should be. */
class ThreadRefused extends Error {
  override readonly name = "ThreadRefused";
  /** What whoever runs the vault can do about it, where that is known. */
  readonly hint: string | undefined;

  constructor(message: string, hint: string | undefined) {
    super(message);
    this.hint = hint;
  }
}

/** What it is handed lives until it is answered, so it needs less room for it than the process. */
const resourceLimits = { maxYoungGenerationSizeMb: 3 };

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Told why the thread does nothing, once and whenever it can't be started, and then that it does. */
export type OnTrouble = (reason: string | undefined) => void;

/** No disk that works takes so long for a commit, and hardly a client waits longer. */
const patienceMilliseconds = 10_000;
/** So many looks in a row without an answer are too many. */
const looks = 10;

export class OrderedThread<Question, Answer> {
  readonly #start: () => Promise<Worker>;
  readonly #onTrouble: OnTrouble;
  readonly #waiting: Waiting<Answer>[] = [];
  readonly #backOff = new BackOff();
  readonly #closing = new AbortController();
  readonly #looking: NodeJS.Timeout;
  /** How many times in a row somebody was seen to wait and nothing was answered in between. */
  #looksInVain = 0;
  #worker: Worker;
  /** Why there is none; undefined while there is. */
  #end: Error | undefined;
  #restarting: Promise<void> | undefined;

  private constructor(
    worker: Worker,
    start: () => Promise<Worker>,
    onTrouble: OnTrouble,
    patience: number,
  ) {
    this.#start = start;
    this.#onTrouble = onTrouble;
    this.#worker = worker;
    this.#looking = setInterval(() => this.#look(), patience / looks).unref();
    this.#serve(worker);
  }

  /**
   * Starts `serveThread` in the file at `url`, named without its extension: it is .ts in the
   * source and .js once built. Throws ThreadRefused in the words of what the thread's `open` threw.
   */
  static async start<Question, Answer>(
    url: URL,
    options: unknown,
    onTrouble: OnTrouble,
    patience = patienceMilliseconds,
  ): Promise<OrderedThread<Question, Answer>> {
    const start = () => startWorker(url, options);
    return new OrderedThread(await start(), start, onTrouble, patience);
  }

  /**
   * Rejects if the thread is gone, when it isn't known whether it did what it was asked, and without
   * asking it while it answers nothing.
   */
  ask(question: Question): Promise<Answer> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    if (this.#isStuck) return Promise.reject(new Error(unanswering));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(question);
    });
  }

  /** Lets the thread answer what was asked and close what it opened. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#closing.abort();
    await this.#restarting;
    if (this.#end !== undefined) return;
    this.#worker.ref();
    const ended = new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#worker.postMessage(null);
    await ended;
  }

  #serve(worker: Worker): void {
    this.#worker = worker;
    this.#end = undefined;
    worker.on("message", (answer: Answer) => {
      const asked = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      if (this.#isStuck) this.#onTrouble(undefined);
      this.#looksInVain = 0;
      this.#backOff.succeeded();
      asked?.resolve(answer);
    });
    worker.on("error", (cause) => {
      this.#fail(new Error(`The thread has failed: ${reasonOf(cause)}`, { cause }));
    });
    // What it had opened is closed by now, so the next one finds no lock of its.
    worker.on("exit", () => {
      this.#fail(new Error("The thread has ended"));
      this.#restarting = this.#restart();
    });
    worker.unref();
  }

  get #isStuck(): boolean {
    return this.#looksInVain >= looks;
  }

  #look(): void {
    if (this.#waiting.length === 0 || this.#isStuck) return;
    this.#looksInVain++;
    if (this.#isStuck) this.#onTrouble(unanswering);
  }

  #fail(reason: Error): void {
    this.#looksInVain = 0;
    this.#end ??= reason;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#end);
    if (!this.#closing.signal.aborted) this.#onTrouble(this.#end.message);
  }

  async #restart(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#end !== undefined) {
      await this.#backOff.pause(signal);
      if (signal.aborted) return;
      try {
        this.#serve(await this.#start());
        this.#onTrouble(undefined);
      } catch (error) {
        this.#onTrouble(`The thread can't be started again: ${reasonOf(error)}`);
      }
    }
  }
}

const unanswering = "The thread answers nothing: the disk hangs, or is far too slow";

async function startWorker(url: URL, options: unknown): Promise<Worker> {
  const file = new URL(url.href + extname(import.meta.filename));
  // The system's tools show the thread by its name.
  const name = basename(url.pathname);
  const env = environment();
  const worker = new Worker(file, { workerData: options, name, resourceLimits, env });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const first = await new Promise<FirstMessage>((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    void ended.then(() => reject(new Error("The thread has ended")));
  });
  if (first.type === "ready") return worker;
  // Until it has ended it holds what it had opened, with whatever it has locked.
  await ended;
  throw new ThreadRefused(first.reason, first.hint);
}

/**
 * What the thread sees of the environment: nothing, since root keys may stand there, but where this
 * process keeps compiled code. A thread doesn't find that by itself, and to compile everything anew,
 * from TypeScript in a checkout, would take it 15 MB.
 */
function environment(): Record<string, string> {
  const cache = getCompileCacheDir();
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) };
}

/** The thread's side. `answer` must not throw: a failure is an answer too. */
export function serveThread<Options, Question, Answer>(
  open: (options: Options) => { answer(question: Question): Answer; close(): void },
): void {
  const port = parentPort as MessagePort;
  const say = (message: FirstMessage | Answer): void => port.postMessage(message);
  try {
    const opened = open(workerData as Options);
    port.on("message", (question: Question | null) => {
      if (question !== null) {
        say(opened.answer(question));
        return;
      }
      opened.close();
      port.close();
    });
    say({ type: "ready" });
  } catch (error) {
    say({ type: "refused", reason: reasonOf(error), hint: hintOf(error) });
  }
}

/** What an error says, for an answer that crosses threads. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What it advises, where it does. */
export function hintOf(error: unknown): string | undefined {
  const hint = error instanceof Error && "hint" in error ? error.hint : undefined;
  return typeof hint === "string" ? hint : undefined;
}
