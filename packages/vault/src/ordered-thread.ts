/**
 * A worker thread that owns a database's writes: it answers every message once and in order, and
 * keeps the process alive only while somebody waits for an answer.
 */
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { basename, dirname, extname } from "node:path";
import { type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";

type FirstMessage = { readonly type: "ready" } | { readonly type: "refused"; reason: string };

/** What it is handed lives until it is answered, so it needs less room for it than the process. */
const resourceLimits = { maxYoungGenerationSizeMb: 3 };

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export class OrderedThread<Question, Answer> {
  readonly #worker: Worker;
  readonly #waiting: Waiting<Answer>[] = [];
  #end: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: Answer) => {
      const asked = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      asked?.resolve(answer);
    });
    worker.on("error", (cause) => this.#fail(new Error("The thread has failed", { cause })));
    worker.on("exit", () => this.#fail(new Error("The thread has ended")));
    worker.unref();
  }

  /**
   * Starts `serveThread` in the file at `url`, named without its extension: it is .ts in the
   * source and .js once built. Throws what the thread's `open` threw.
   */
  static async start<Question, Answer>(
    url: URL,
    options: unknown,
  ): Promise<OrderedThread<Question, Answer>> {
    const file = new URL(url.href + extname(import.meta.filename));
    // The system's tools show the thread by its name.
    const name = basename(url.pathname);
    const env = environment();
    const worker = new Worker(file, { workerData: options, name, resourceLimits, env });
    const [first] = (await once(worker, "message")) as [FirstMessage];
    if (first.type === "refused") throw new Error(first.reason);
    return new OrderedThread(worker);
  }

  /** Rejects only if the thread is gone. */
  ask(question: Question): Promise<Answer> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(question);
    });
  }

  /** Lets the thread answer what was asked and close what it opened. */
  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#worker.ref();
    const exit = once(this.#worker, "exit");
    this.#worker.postMessage(null);
    await exit;
  }

  #fail(reason: Error): void {
    this.#end ??= reason;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#end);
  }
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
    say({ type: "refused", reason: reasonOf(error) });
  }
}

/** What an error says, for an answer that crosses threads. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
