/**
 * Rotations as the vault's engine runs them, with everything that may go wrong: processes that die
 * at any call, steps that come twice at once, providers that fail before a call takes effect or
 * after. What died comes again; what failed is rolled back, and tried under another token.
 */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import type { Step } from "../src/event.ts";
import { keyNameOf, type Rotator } from "../src/rotator.ts";
import { runStep, type StepReply } from "../src/steps.ts";
import { MemorySecret } from "./memory-secret.fixture.ts";
import type { Fault, StandIn } from "./stand-ins/stand-in.ts";

/** What befalls one invocation of a step. */
export interface Mishap {
  /** The process dies at its so-manieth call of the vault or the provider. */
  readonly diesAtCall?: number | undefined;
  /** Another vault, which had lost its lease, takes the same step. */
  readonly isTwice: boolean;
  readonly fault?: Fault | undefined;
}

export const mishaps = fc.array(
  fc.record({
    diesAtCall: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    isTwice: fc.boolean(),
    fault: fc.option(
      fc.record({
        when: fc.constantFrom("before" as const, "after" as const),
        how: fc.constantFrom(500, 503, 429, "reset" as const),
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 30 },
);

type Outcome = { readonly reply: StepReply } | "failed" | "died";

export interface TroubledRunsOptions {
  readonly rotator: Rotator;
  readonly standIn: StandIn;
  readonly initialSecret: string;
  readonly adminSecret?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** At every call. */
  readonly always?: (secret: MemorySecret) => void;
}

const adminSecretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:admin-AbCdEf";

export class TroubledRuns {
  readonly secret = new MemorySecret();
  /** Reasons, for tests that want to know. */
  readonly failures: string[] = [];
  readonly #options: TroubledRunsOptions;
  readonly #mishaps: Mishap[];
  readonly #processes = new Set<Process>();
  #broken: unknown;

  constructor(options: TroubledRunsOptions, mishaps: readonly Mishap[] = []) {
    this.#options = options;
    this.#mishaps = [...mishaps];
    const initial = randomUUID();
    this.secret.values.set(initial, options.initialSecret);
    this.secret.labels.set("AWSCURRENT", initial);
    if (options.adminSecret) this.secret.others.set(adminSecretArn, options.adminSecret);
    options.standIn.watch(() => this.#onCall());
  }

  get hasMishapsLeft(): boolean {
    return this.#mishaps.length > 0;
  }

  /** True where the new version is AWSCURRENT in the end. */
  async rotate(): Promise<boolean> {
    const { labels } = this.secret;
    const token = randomUUID();
    const old = labels.get("AWSCURRENT") ?? "";
    labels.set("AWSPENDING", token);
    let reply: StepReply = null;
    for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const) {
      const outcome = await this.#untilItEnds(step, token, old);
      if (outcome === "failed") {
        await this.#untilItSucceeds("revokeSecret", token, old);
        labels.delete("AWSPENDING");
        return labels.get("AWSCURRENT") === token;
      }
      reply = outcome.reply;
    }
    labels.delete("AWSPENDING");
    if (reply === null) await this.#untilItSucceeds("revokeSecret", old, undefined);
    return true;
  }

  /** In an emergency. */
  async revoke(versionId: string): Promise<void> {
    await this.#untilItSucceeds("revokeSecret", versionId, undefined);
  }

  async #untilItSucceeds(step: Step, token: string, old: string | undefined): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await this.#untilItEnds(step, token, old)) !== "failed") return;
      if (!this.hasMishapsLeft && attempt > 2) break;
    }
    throw new Error(`${step} never succeeds: ${this.failures.at(-1)}`);
  }

  async #untilItEnds(step: Step, token: string, old: string | undefined) {
    for (;;) {
      const outcome = await this.#invoke(step, token, old);
      if (outcome !== "died") return outcome;
    }
  }

  async #invoke(step: Step, token: string, old: string | undefined): Promise<Outcome> {
    const mishap = this.#mishaps.shift() ?? { isTwice: false };
    this.#options.standIn.heal();
    if (mishap.fault) this.#options.standIn.inject(mishap.fault);
    const own = this.#take(step, token, old, new Process(mishap.diesAtCall));
    const twin = mishap.isTwice ? this.#take(step, token, old, new Process()) : undefined;
    const [outcome] = await Promise.all([own, twin]);
    if (this.#broken !== undefined) throw this.#broken;
    return outcome;
  }

  async #take(step: Step, token: string, old: string | undefined, process: Process) {
    const { rotator, metadata = {}, adminSecret } = this.#options;
    this.#processes.add(process);
    const rotation = {
      secretArn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:key-AbCdEf",
      token,
      oldVersionId: old,
      keyName: keyNameOf(token),
      metadata: { ...metadata, ...(adminSecret && { adminSecretArn }) },
      versions: this.secret.versions(() => {
        this.#onCall();
        return process.goOn();
      }),
      aws: {},
      signal: process.signal,
    };
    const steps = runStep[step](rotator, rotation).then(
      (reply): Outcome => ({ reply }),
      (error: Error): Outcome => {
        if (!process.isDead) this.#note(error.message);
        return process.isDead ? "died" : "failed";
      },
    );
    const outcome = await Promise.race([steps, process.death.then((): Outcome => "died")]);
    this.#processes.delete(process);
    return outcome;
  }

  /** Reasons are read by people and kept in the trail. */
  #note(reason: string): void {
    this.failures.push(reason);
    const { values, others } = this.secret;
    const told = [...values.values(), ...others.values()]
      .flatMap(textsIn)
      .find((text) => reason.includes(text));
    if (told !== undefined) this.#broken ??= new Error(`a reason tells a value: ${reason}`);
  }

  #onCall(): void {
    try {
      this.#options.always?.(this.secret);
    } catch (error) {
      this.#broken ??= error;
    }
    for (const process of this.#processes) process.count();
  }
}

/** The secret, and the long texts in it. */
function textsIn(secret: string): string[] {
  const members = secret.startsWith("{") ? Object.values(JSON.parse(secret)) : [];
  return [
    secret,
    ...members.filter((each) => typeof each === "string" && each.length > 15),
  ] as string[];
}

/** A host that may die: from then on nothing of it has any effect. */
class Process {
  readonly #dying = new AbortController();
  readonly death: Promise<void>;
  #callsLeft: number | undefined;

  constructor(diesAtCall?: number) {
    this.#callsLeft = diesAtCall;
    this.death = new Promise((resolve) => {
      this.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  get signal(): AbortSignal {
    return this.#dying.signal;
  }

  get isDead(): boolean {
    return this.signal.aborted;
  }

  count(): void {
    if (this.#callsLeft === undefined) return;
    this.#callsLeft--;
    if (this.#callsLeft === 0) this.#dying.abort();
  }

  /** The dead don't come back. */
  async goOn(): Promise<void> {
    if (this.isDead) await new Promise(() => {});
  }
}
