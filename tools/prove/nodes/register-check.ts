/**
 * Writes every kind of register through one node and reads it through the others as soon as the
 * write is acknowledged, while observers read whatever there is. No answer may be older than what
 * was acknowledged when it was asked for, and at the end every acknowledged write must be found.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Answered, Answers } from "../../harness/answers.ts";
import { asRoot } from "../../harness/aws-clients.ts";
import type { ClusterNode } from "../../harness/cluster.ts";
import { accessKey, kmsKey, policy, session } from "./authority.ts";
import type { MakeRegister, Register } from "./register.ts";
import { parameter, presence, secret } from "./values.ts";

const kinds: readonly MakeRegister[] = [
  parameter,
  secret,
  presence,
  policy,
  session,
  accessKey,
  kmsKey,
];
const observers = 2;
/** Fewer than the 100 versions that a parameter keeps. */
const turnsMax = 50;
/** On the average; each pause is another. */
const pauseMilliseconds = 120;
const atOnceMilliseconds = 5;

interface Kept {
  readonly register: Register;
  acknowledged: number;
  acknowledgedAt: number;
  acknowledgedBy: string;
  /** One more while a write is under way, and for good where its end is not known. */
  attempted: number;
}

export interface Figures {
  /** Acknowledged ones, by kind. */
  readonly writes: Map<string, number>;
  reads: number;
  /** Sent within 5 ms of the acknowledgement, to a node that had not written it. */
  atOnce: number;
  /** Waited in a suspended node until it was let go on. */
  afterSuspension: number;
}

export class RegisterCheck {
  readonly figures: Figures = { writes: new Map(), reads: 0, atOnce: 0, afterSuspension: 0 };
  /** What must never be, and at which moment of `performance.now()`; empty where all is well. */
  readonly stale: { readonly what: string; readonly at: number }[] = [];
  readonly #nodes: readonly ClusterNode[];
  readonly #answers: Answers;
  readonly #current = new Set<Kept>();
  readonly #retired: Kept[] = [];
  #made = 0;

  constructor(nodes: readonly ClusterNode[], answers: Answers) {
    this.#nodes = nodes;
    this.#answers = answers;
  }

  /** Until it is told to end. */
  async run(end: AbortSignal): Promise<void> {
    const observing = Array.from({ length: observers }, () => this.#observe(end));
    await Promise.all([...kinds.map((make) => this.#writeKind(make, end)), ...observing]);
  }

  /** Asks a suspended node for every register; resolves when, let go on, it has answered. */
  async readWhileSuspended(node: ClusterNode): Promise<void> {
    const before = this.figures.reads;
    await Promise.all([...this.#current].map((kept) => this.#read(kept, node)));
    this.figures.afterSuspension += this.figures.reads - before;
  }

  /** What of all that was acknowledged this node doesn't have. */
  async lostOn(node: ClusterNode): Promise<string[]> {
    const lost: string[] = [];
    for (const kept of [...this.#retired, ...this.#current]) {
      await this.#read(kept, node);
      const { register, acknowledged } = kept;
      const numbers = Array.from({ length: acknowledged }, (_, at) => at + 1);
      const missing = (await register.missing?.(asRoot(node.vault), numbers)) ?? [];
      lost.push(...missing.map((number) => `${register.name} has no ${number} on ${node.name}`));
    }
    return lost;
  }

  async #writeKind(make: MakeRegister, end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const kept = await this.#make(make);
      if (kept !== undefined) {
        this.#current.add(kept);
        // A write that failed may still happen, at any time: its register is left alone then.
        let isKnown = true;
        while (isKnown && kept.attempted < turnsMax && !end.aborted) {
          await pause();
          isKnown = await this.#turn(kept);
        }
        this.#current.delete(kept);
        this.#retired.push(kept);
      }
      await pause();
    }
  }

  async #make(make: MakeRegister): Promise<Kept | undefined> {
    const node = this.#anyNode();
    if (node === undefined) return undefined;
    const sentAt = performance.now();
    try {
      const register = await make(asRoot(node.vault), `r${++this.#made}`);
      const acknowledgedAt = performance.now();
      const acknowledgedBy = node.name;
      return { register, acknowledged: 0, acknowledgedAt, acknowledgedBy, attempted: 0 };
    } catch (error) {
      this.#answers.failure(error, { node: node.name, operation: "make", sentAt });
      return undefined;
    }
  }

  /** Resolves with whether it is known how the register stands. */
  async #turn(kept: Kept): Promise<boolean> {
    const node = this.#anyNode();
    if (node === undefined) return true;
    const { register } = kept;
    const { kind } = register;
    const number = ++kept.attempted;
    const answer = await this.#answers.take(node.name, `${kind} written`, () =>
      register.write(asRoot(node.vault), number),
    );
    if (answer.kind === "refused") {
      this.#noteStale(`${node.name} refused to write ${register.name}: ${answer.code}`);
    }
    if (answer.kind !== "ok") return false;
    kept.acknowledged = number;
    kept.acknowledgedAt = performance.now();
    kept.acknowledgedBy = node.name;
    this.figures.writes.set(kind, (this.figures.writes.get(kind) ?? 0) + 1);
    const others = this.#nodes.filter((other) => other.isUp && other !== node);
    await Promise.all(others.map((other) => this.#read(kept, other, true)));
    return true;
  }

  async #read(kept: Kept, node: ClusterNode, isOther = false): Promise<void> {
    const { register, acknowledged } = kept;
    const isAtOnce = performance.now() - kept.acknowledgedAt <= atOnceMilliseconds;
    const answer = await this.#answers.take(node.name, `${register.kind} read`, () =>
      register.read(node.vault),
    );
    if (answer.kind === "failed") return;
    this.figures.reads++;
    if (isAtOnce && isOther) this.figures.atOnce++;
    for (let number = acknowledged; number <= kept.attempted; number++) {
      if (register.shows(answer, number)) return;
    }
    const age = (performance.now() - kept.acknowledgedAt).toFixed(0);
    this.#noteStale(
      `${node.name} answered ${said(answer)} for ${register.name}, which stood at ${acknowledged}, acknowledged by ${kept.acknowledgedBy} ${age} ms before the answer`,
    );
  }

  #noteStale(what: string): void {
    this.stale.push({ what, at: performance.now() });
  }

  async #observe(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const all = [...this.#current];
      const kept = all[Math.floor(Math.random() * all.length)];
      const node = this.#anyNode();
      if (kept !== undefined && node !== undefined) await this.#read(kept, node);
      await pause();
    }
  }

  #anyNode(): ClusterNode | undefined {
    const up = this.#nodes.filter(({ isUp }) => isUp);
    return up[Math.floor(Math.random() * up.length)];
  }
}

function said(answer: Answer<Answered>): string {
  return answer.kind === "refused" ? answer.code : "a value";
}

function pause(): Promise<void> {
  return sleep(Math.random() * 2 * pauseMilliseconds);
}
