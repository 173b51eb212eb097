/**
 * A command that may be started anew while it runs. It is over when a child ends that nobody meant
 * to replace, or that was told to end by a signal from outside.
 */
import { type Child, forwardSignals } from "../child-process.ts";

/** What a child may take to end before it is killed: as long as containers have it. */
const usualGraceMilliseconds = 10_000;

/** Those that ask for the end: whoever sends one wants no successor. */
const endings = new Set<NodeJS.Signals>(["SIGINT", "SIGTERM", "SIGQUIT"]);

export class Supervised {
  readonly #start: () => Child;
  readonly #graceMilliseconds: number;
  #child: Child | undefined;
  #isToBeReplaced = false;
  #isToEnd = false;
  #killing: NodeJS.Timeout | undefined;

  constructor(start: () => Child, graceMilliseconds = usualGraceMilliseconds) {
    this.#start = start;
    this.#graceMilliseconds = graceMilliseconds;
  }

  /** Resolves with the last child's exit code when all output is written. */
  async run(): Promise<number> {
    // Signals wait from here on: none can end us and leave a child, or what was made for it.
    const stopForwarding = forwardSignals((signal, hasIt) => this.#signalled(signal, hasIt));
    const outputs: Promise<void>[] = [];
    try {
      for (;;) {
        this.#child = this.#start();
        outputs.push(this.#child.flushed);
        const code = await this.#child.ended;
        clearTimeout(this.#killing);
        if (!this.#isToBeReplaced || this.#isToEnd) return code;
        this.#isToBeReplaced = false;
      }
    } finally {
      stopForwarding();
      await Promise.all(outputs);
    }
  }

  /** Ends the child, by force if it must be, and starts another one. */
  replace(): void {
    if (this.#isToBeReplaced || this.#isToEnd) return;
    this.#isToBeReplaced = true;
    this.signal("SIGTERM");
    const child = this.#child;
    this.#killing = setTimeout(() => child?.kill("SIGKILL"), this.#graceMilliseconds);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  #signalled(signal: NodeJS.Signals, hasIt: boolean): void {
    if (endings.has(signal)) this.#isToEnd = true;
    if (!hasIt) this.signal(signal);
  }
}
