/** What the node that rotates tells of rotations; all others tell of none. */
import type { Sample } from "./exposition.ts";
import type { FamilyName } from "./families.ts";
import { one } from "./process-metrics.ts";

const outcomes = ["succeeded", "failed", "abandoned"] as const;
export type RotationOutcome = (typeof outcomes)[number];

/** Of those that have not ended. */
export interface RotationsUnderWay {
  readonly inPhase: ReadonlyMap<string, number>;
  readonly laggards: number;
}

export class RotationMetrics {
  readonly #ended: Record<RotationOutcome, number> = { succeeded: 0, failed: 0, abandoned: 0 };
  #underWay: RotationsUnderWay = { inPhase: new Map(), laggards: 0 };

  countEnd(outcome: RotationOutcome): void {
    this.#ended[outcome] += 1;
  }

  observe(underWay: RotationsUnderWay): void {
    this.#underWay = underWay;
  }

  samples() {
    const { inPhase, laggards } = this.#underWay;
    return {
      rotations: outcomes.map((outcome) => one(this.#ended[outcome], outcome)),
      rotationsInPhase: [...inPhase].map(([phase, count]) => one(count, phase)),
      rotationLaggards: [one(laggards)],
    } satisfies Partial<Record<FamilyName, readonly Sample[]>>;
  }
}
