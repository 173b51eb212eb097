/**
 * Rotates secrets: begins what falls due, drives every rotation step by step until it has ended,
 * and answers for it. One of a vault's nodes does so at a time, several secrets side by side, and
 * a slow one holds up no other.
 */
import { setTimeout as elapsed, setImmediate as others } from "node:timers/promises";
import type { Permit } from "../authorization/authorize.ts";
import { existing, writable } from "../secrets/presence.ts";
import type { SecretPermit, SecretRecord, SecretResource } from "../secrets/records.ts";
import { advance, isDue } from "./driver.ts";
import { endOverlap } from "./ending.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type ProviderRevocation, revokeAtProvider } from "./provider-revocation.ts";
import { missingRehearsal } from "./rehearsal.ts";
import { admit, cancel, type RotationRequest, rotate } from "./requests.ts";
import type { Rotator } from "./rotator.ts";
import { isOver, nextAttemptIndex, type RotationRun, rotationTable } from "./run.ts";
import { beginDue } from "./schedule.ts";
import { type TestResult, testVersion } from "./version-test.ts";

/** More than a few functions that hang until their time is up, and little where they don't. */
const sideBySideMax = 32;
/** From one look to the next: while something is due, or about to be, and while nothing is. */
const lookMilliseconds = { busy: 250, idle: 1000 } as const;
const restMilliseconds = 5000;
/** Besides those that are under way there are enough to begin. */
const listedMax = 2 * sideBySideMax;
const observedMax = 10_000;
/** What is read at once: nobody else is served meanwhile. */
const observedAtOnce = 200;

const nothing: { readonly due: readonly string[]; readonly isBusy: boolean } = {
  due: [],
  isBusy: false,
};

export class RotationEngine {
  readonly #parts: EngineParts;
  readonly #closing = new AbortController();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #unwatch: () => void;
  #look = new AbortController();
  #work: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#unwatch = parts.storage.watch(rotationTable, () => this.#look.abort());
  }

  /** From here on steps are asked for: rotators must reach the vault. */
  start(): void {
    this.#work ??= this.#run();
  }

  /** Configures the secret's rotation and begins one, or only tests it. */
  rotate(permit: SecretPermit<"RotateSecret">, request: RotationRequest): Promise<SecretRecord> {
    return rotate(this.#parts, permit, request);
  }

  /** Whether this very request has begun one before. Throws as `rotate` does. */
  admit(
    permit: SecretPermit<"RotateSecret">,
    asked: Pick<RotationRequest, "token" | "change">,
  ): Promise<"new" | "repeated"> {
    return admit(this.#parts, writable(existing(permit.resource)), asked);
  }

  /** Who would rotate the secret; undefined where nobody can. */
  rotatorOf(secret: SecretRecord): Rotator | undefined {
    return this.#parts.rotators.of(secret);
  }

  /** Which rehearsal is missing before the secret may rotate, in words; undefined where none is. */
  missingRehearsal(secret: SecretRecord, rotator: string): Promise<string | undefined> {
    return missingRehearsal(this.#parts, secret, rotator);
  }

  cancel(permit: SecretPermit<"CancelRotateSecret">): Promise<SecretRecord> {
    return cancel(this.#parts, permit);
  }

  /** The old key dies now, although there are readers that have it. */
  endOverlap(permit: Permit<"claviger:EndRotationOverlap", SecretResource>): Promise<RotationRun> {
    return endOverlap(this.#parts, writable(existing(permit.resource)));
  }

  /** Has the key of a version taken back at its provider, if its rotator can do that. */
  revokeVersion(
    permit: Permit<"claviger:RevokeSecretVersion", SecretResource>,
    versionId: string,
  ): Promise<ProviderRevocation> {
    return revokeAtProvider(this.#parts, existing(permit.resource), versionId);
  }

  /** Whether the provider accepts the key of a version. */
  testVersion(
    permit: Permit<"claviger:TestSecretVersion", SecretResource>,
    versionId: string,
  ): Promise<TestResult> {
    return testVersion(this.#parts, writable(existing(permit.resource)), versionId);
  }

  /** For the schedule: announces and begins what falls due by the secrets' own rules. */
  async beginDue(): Promise<void> {
    await this.#observe();
    await beginDue(this.#parts);
  }

  /** Leaves off what is under way: a step that was not answered is asked for again. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#look.abort();
    this.#unwatch();
    await this.#work;
    await Promise.all(this.#underWay.values());
  }

  async #run(): Promise<void> {
    const { lease, onFault } = this.#parts;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#look = new AbortController();
      let pause: number = lookMilliseconds.idle;
      try {
        const { due, isBusy } = (await lease.run(() => this.#due(), signal)) ?? nothing;
        for (const key of due) this.#begin(key);
        if (isBusy) pause = lookMilliseconds.busy;
      } catch (fault) {
        if (!signal.aborted) onFault(fault);
        pause = restMilliseconds;
      }
      // That also ends when it closes.
      const { signal: look } = this.#look;
      await elapsed(pause, undefined, { signal: look, ref: false }).catch(() => {});
    }
  }

  async #due(): Promise<typeof nothing> {
    const { storage, clock } = this.#parts;
    // Whichever ends has all looked at again.
    if (this.#underWay.size >= sideBySideMax) return nothing;
    const range = { prefix: "", limit: listedMax };
    const first = await storage.listByIndex(rotationTable, nextAttemptIndex, range);
    const now = clock.now();
    const due = first.filter(({ body }) => isDue(body, now)).map(({ key }) => key);
    const isBusy = first.some(({ body }) => isDue(body, now + lookMilliseconds.idle));
    return { due, isBusy };
  }

  async #observe(): Promise<void> {
    const { storage, metrics } = this.#parts;
    const inPhase = new Map<string, number>();
    let laggards = 0;
    let after: string | undefined;
    for (let observed = 0; observed < observedMax; observed += observedAtOnce) {
      const range = { prefix: "", after, limit: observedAtOnce };
      const rows = await storage.listByIndex(rotationTable, nextAttemptIndex, range);
      for (const { body } of rows.filter(({ body }) => !isOver(body))) {
        inPhase.set(body.phase, (inPhase.get(body.phase) ?? 0) + 1);
        laggards += body.phase === "overlap" ? (body.laggardCount ?? 0) : 0;
      }
      if (rows.length < observedAtOnce) break;
      after = rows.at(-1)?.position;
      await others();
    }
    metrics.observe({ inPhase, laggards });
  }

  #begin(key: string): void {
    if (this.#underWay.has(key) || this.#underWay.size >= sideBySideMax) return;
    const { lease } = this.#parts;
    const { signal } = this.#closing;
    const work = lease
      .run(() => advance(this.#parts, key, signal), signal)
      .catch((fault) => this.#rest(fault))
      .then(() => {
        this.#underWay.delete(key);
        this.#look.abort();
      });
    this.#underWay.set(key, work);
  }

  /** What failed for a reason of ours, such as the database's, is not asked for at once again. */
  async #rest(fault: unknown): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    this.#parts.onFault(fault);
    await elapsed(restMilliseconds, undefined, { signal, ref: false }).catch(() => {});
  }
}
