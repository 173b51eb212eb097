/**
 * The cache against a naive reference that remembers everything the store ever said: whatever is
 * served must have been readable recently enough, after the last refusal, and never be older than
 * what was served before.
 */
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SecretsError } from "../errors.ts";
import { clientOfMemory, settle } from "../memory-store.fixture.ts";
import type { Reference } from "../reference.ts";
import type { Secret } from "../secret.ts";
import { TransportError } from "../transport/transport.ts";

const names = ["/a", "/b", "/c"];
const ttl = 300_000;
const maxStale = 600_000;

const callMillisecondsMax = 2000;

/** The longest that anything which failed is left alone for. */
const quarantine = 95_000;

const throttled = new TransportError("ThrottlingException", "slow down", {
  kind: "throttled",
  // Longer than anybody is kept waiting for another attempt.
  retryAfterMilliseconds: 5000,
});

interface Step {
  readonly kind: (typeof onOne)[number] | "down" | "up" | "settle" | "wait";
  readonly name?: string;
  readonly milliseconds?: number;
}

const onOne = [
  ...([
    "get",
    "get",
    "get",
    "peek",
    "peek",
    "peek",
    "put",
    "refresh",
    "leave",
    "news",
    "change",
  ] as const),
  ...(["delete", "deny", "allow"] as const),
] as const;
const waits = [1, 900, 1100, 6000, 100_000, 265_000, 301_000, 700_000];
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constantFrom(...onOne), name: fc.constantFrom(...names) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("down", "up", "settle") }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait"),
      milliseconds: fc.constantFrom(...waits),
    }),
  },
);

/** What the store would have said of a name from `at` on, until the next of these. */
interface Moment {
  readonly at: number;
  readonly value: string | "NotFound" | "AccessDenied" | "Unavailable";
}

class World {
  readonly client = clientOfMemory({ maxStaleSeconds: maxStale / 1000 });
  readonly #history = new Map<string, Moment[]>(names.map((each) => [each, []]));
  readonly #served = new Map<string, number>();
  readonly #refusedAt = new Map<string, number>();
  readonly #newsAt = new Map<string, number>();
  #written = 0;

  constructor() {
    for (const each of names) this.#put(each);
    this.#note();
  }

  async take({ kind, name = "", milliseconds = 0 }: Step): Promise<void> {
    const { store, clock, entries } = this.client;
    // No two things happen at the same moment, and no call takes longer than it may.
    clock.milliseconds++;
    if (milliseconds > callMillisecondsMax) await settle();
    if (kind === "wait") clock.milliseconds += milliseconds;
    else if (kind === "put") this.#put(name);
    else if (kind === "delete") store.parameters.delete(name);
    else if (kind === "deny") store.denied.add(name);
    else if (kind === "allow") store.denied.delete(name);
    else if (kind === "down") store.failure = throttled;
    else if (kind === "up") store.failure = undefined;
    else if (kind === "settle") await settle();
    else if (kind === "news" || kind === "change") {
      if (kind === "change") this.#put(name);
      for (const entry of entries.all()) if (entry.name === `ssm:${name}`) entry.outdate();
      this.#newsAt.set(name, clock.milliseconds);
    } else await this.#read(kind, name);
    this.#note();
  }

  async #read(kind: "get" | "peek" | "refresh" | "leave", name: string): Promise<void> {
    const token = this.client.secrets.parameter(name);
    const readings = {
      get: () => token.get(),
      peek: async () => token.peek(),
      refresh: () => token.refresh(),
      leave: () => leaveAtOnce(token),
    };
    try {
      this.#judge(kind, name, await readings[kind]());
    } catch (error) {
      const { code } = error as SecretsError;
      if (code === undefined) throw error;
      this.#judgeFailure(kind, name, code);
    }
  }

  #judge(kind: string, name: string, secret: Secret<string>): void {
    const now = this.client.clock.milliseconds;
    const value = secret.reveal();
    const number = Number(value);
    const oldest = now - ttl - (secret.isStale ? maxStale : 0);
    const since = Math.max(oldest, this.#refusedAt.get(name) ?? 0);
    expect(this.#between(name, since, now), `${kind} ${name}`).toContain(value);
    expect(number, "never back to an older value").toBeGreaterThanOrEqual(
      this.#served.get(name) ?? 0,
    );
    this.#served.set(name, number);
    const news = this.#newsAt.get(name);
    if (news !== undefined && !secret.isStale && kind !== "peek") {
      expect(this.#between(name, news, now), "news are believed").toContain(value);
    }
    if (kind === "refresh") expect(value).toBe(this.#now(name));
  }

  #judgeFailure(kind: string, name: string, code: string): void {
    const now = this.client.clock.milliseconds;
    if (code === "NotFound" || code === "AccessDenied") {
      this.#refusedAt.set(name, now);
      // What peek shows is what the last fetch said, whenever that was.
      const since = kind === "peek" ? 0 : now - 1000 - callMillisecondsMax;
      expect(this.#between(name, since, now), `${kind} ${name}`).toContain(code);
    } else if (code === "Unavailable") {
      const since = kind === "peek" ? 0 : now - quarantine;
      expect(this.#between(name, since, now), `${kind} ${name}`).toContain("Unavailable");
    } else {
      expect([kind, code]).toEqual(kind === "leave" ? ["leave", "Aborted"] : ["peek", "NotLoaded"]);
    }
  }

  #put(name: string): void {
    this.client.store.putParameter(name, String(++this.#written));
  }

  #now(name: string): Moment["value"] {
    const { store } = this.client;
    if (store.failure !== undefined) return "Unavailable";
    if (store.denied.has(name)) return "AccessDenied";
    return store.parameters.get(name)?.at(-1)?.value ?? "NotFound";
  }

  #note(): void {
    for (const name of names) {
      const history = this.#history.get(name) ?? [];
      const value = this.#now(name);
      if (history.at(-1)?.value !== value) {
        history.push({ at: this.client.clock.milliseconds, value });
      }
    }
  }

  /** Everything that it would have said at some moment of these. */
  #between(name: string, from: number, to: number): Moment["value"][] {
    const history = this.#history.get(name) ?? [];
    return history
      .filter(
        ({ at }, index) => at <= to && (history[index + 1]?.at ?? Number.POSITIVE_INFINITY) > from,
      )
      .map(({ value }) => value);
  }
}

async function leaveAtOnce(token: Reference<string>): Promise<Secret<string>> {
  const leaver = new AbortController();
  const reading = token.get({ signal: leaver.signal });
  reading.catch(() => {});
  await Promise.resolve();
  leaver.abort();
  return reading;
}

test("whatever happens, nothing is served that should not be", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World();
      for (const each of steps) await world.take(each);
      await settle();
    }),
    { numRuns: 300 },
  );
});

test("after an outage, however long, everything is as the store has it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World();
      for (const each of steps) await world.take(each);
      const { store, clock, secrets } = world.client;
      store.failure = undefined;
      for (const each of names) {
        store.denied.delete(each);
        store.putParameter(each, `last of ${each}`);
      }
      for (let round = 0; round < 3; round++) {
        clock.milliseconds += 310_000;
        await Promise.allSettled(names.map((each) => secrets.parameter(each).get()));
        await settle();
      }
      for (const each of names) {
        const secret = secrets.parameter(each).peek();
        expect([secret.reveal(), secret.isStale]).toEqual([`last of ${each}`, false]);
      }
    }),
    { numRuns: 100 },
  );
});

test("no key is ever asked for twice at a time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World();
      const { store } = world.client;
      const underWay = new Map<string, number>();
      let most = 0;
      const send = store.send.bind(store);
      store.send = async (service, operation, input, signal) => {
        const { Name = "", Names = [Name] } = input as { Name: string; Names?: string[] };
        for (const each of Names) underWay.set(each, (underWay.get(each) ?? 0) + 1);
        most = Math.max(most, ...underWay.values());
        try {
          return await send(service, operation, input, signal);
        } finally {
          for (const each of Names) underWay.set(each, (underWay.get(each) ?? 0) - 1);
        }
      };
      await Promise.all(
        steps.map(async (each, at) => {
          for (let turns = at % 7; turns > 0; turns--) await turn();
          // Side by side, the reference can't say what is right; here only the calls count.
          await world.take(each).catch(() => {});
        }),
      );
      expect(most).toBeLessThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
});
