/** What a claim is: one sentence that somebody may doubt, and the run that shows it or fails. */

export interface Claim {
  readonly name: string;
  /** The sentence. */
  readonly says: string;
  /** Its figures are of the machine: nothing else may run beside it. */
  readonly isMeasured?: true;
  /** Shows it; throws ClaimFailed, or anything, if it does not hold. */
  run(run: ClaimRun): Promise<void>;
}

export interface ClaimRun {
  /** The checkout under test. */
  readonly root: string;
  /** True with --full; reduced is what CI runs. */
  readonly isFull: boolean;
  /** Prints a line of figures. */
  print(line: string): void;
}

/** The claim does not hold; the message says what was observed. */
export class ClaimFailed extends Error {
  override readonly name = "ClaimFailed";
}

/** Throws ClaimFailed unless it holds. */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new ClaimFailed(otherwise);
}
