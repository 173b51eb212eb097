/**
 * Whatever fails, and wherever: what readers get is always good, and when nothing is left to do
 * the provider has the keys that the labels name and no other.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { dying, looked } from "./overlap.ts";
import { minute, newRun, oldVersion } from "./rotation.fixture.ts";
import { isOver, type RotationRun } from "./run.ts";
import { failed, retried, type Situation, stepOf, succeeded, type Transition } from "./steps.ts";

/** What becomes of a step: it works, fails before or after its effect, or its asker dies. */
const outcome = fc.constantFrom("works", "fails", "is done and fails", "is done and forgotten");
type Outcome = "works" | "fails" | "is done and fails" | "is done and forgotten";

class World {
  now = minute;
  current = oldVersion;
  pending: string | undefined = "new";
  readonly alive = new Set([oldVersion]);
  run: RotationRun = newRun({ graceMilliseconds: 0 });
  attempts = 0;

  take(outcome: Outcome): void {
    const { phase } = this.run;
    this.now = Math.max(this.now, this.run.nextAttemptAt ?? this.now) + minute;
    if (phase === "failed") {
      const run = retried(this.run, `attempt ${this.attempts++}`, this.#situation);
      this.pending = run.token;
      this.run = run;
    } else if (phase === "overlap") {
      this.run = looked(this.run, { laggards: [], count: 0 }, this.current, this.now);
    } else this.#step(outcome);
  }

  #step(outcome: Outcome): void {
    const asked = stepOf(this.run);
    if (asked === undefined) throw new Error(`nothing to do in ${this.run.phase}`);
    const { step, token } = asked;
    if (outcome !== "fails") {
      if (step === "createSecret") this.alive.add(token);
      if (step === "finishSecret") this.current = token;
      if (step === "revokeSecret") this.alive.delete(token);
    }
    if (outcome === "is done and forgotten") return;
    this.#keep(
      outcome === "works"
        ? succeeded(this.run, {}, this.#situation)
        : failed(this.run, "no", this.#situation),
    );
  }

  #keep({ run, clearsPending }: Transition): void {
    if (clearsPending && this.pending === this.run.token) this.pending = undefined;
    this.run = run;
  }

  get #situation(): Situation {
    const { now, current, pending } = this;
    return { now, current, pending, nextScheduled: undefined, isRevoked: () => false };
  }
}

it("readers always get a key that is alive, and none is left over or lost", () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 40 }), (outcomes) => {
      const world = new World();
      for (const each of [...outcomes, ...Array<Outcome>(30).fill("works")]) {
        if (isOver(world.run)) break;
        world.take(each);
        expect(world.alive.has(world.current)).toBe(true);
        expect(world.alive.size).toBeLessThanOrEqual(2);
      }
      expect(isOver(world.run)).toBe(true);
      expect([...world.alive]).toEqual([world.current]);
      expect(world.pending).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});

it("an overlap that is ended by force ends the old key", () => {
  const overlap = newRun({}, { phase: "overlap", graceUntil: Number.MAX_SAFE_INTEGER });
  expect(stepOf(dying(overlap, minute))).toEqual({ step: "revokeSecret", token: oldVersion });
});
