/**
 * The seam to whoever rotates: a function of the owner's or a built-in rotator, both outside of
 * this process and asked step by step. A step may be asked for again, even at the same time, so a
 * rotator does each once for its version.
 */

/** AWS's four steps, and the one by which a rotator that can takes a key back at the provider. */
export type Step = "createSecret" | "setSecret" | "testSecret" | "finishSecret" | "revokeSecret";

/** What the provider allows: which of its keys live at once, and for how long. */
export type Strategy = "overlap" | "oneKey" | "grace" | "recreate" | "manual";

/** What a rotator can, as far as the engine goes by it. */
export interface Capabilities {
  readonly strategy: Strategy;
  /** Whether it takes keys back: then the old one lives on for a while, and a failed new one goes. */
  readonly revokes: boolean;
  /** Whether testSecret may be asked about a version that isn't pending. */
  readonly testsAnyVersion: boolean;
  /** How long the old key lives at least after the new one has become current. */
  readonly graceMilliseconds: number;
  /** How many days back somebody who read the old key is waited for. */
  readonly readerDays: number;
}

export interface StepRequest {
  readonly step: Step;
  readonly secretArn: string;
  /** The version that the step is about. */
  readonly token: string;
  readonly oldVersionId: string | undefined;
}

/** What a step may tell beside its success. */
export interface StepReply {
  /** Of createSecret and revokeSecret: somebody has to make the value, or end it, as this says. */
  readonly byHand?: { readonly instructions: string } | undefined;
  /** Of finishSecret: until when the provider itself lets the old key live. */
  readonly oldKeyLivesUntil?: number | undefined;
  /** Of finishSecret: the provider has one key only. */
  readonly oldKeyIsDead?: true | undefined;
}

export interface Rotator {
  /** ARN of a function, or a type: what people are told. */
  readonly name: string;
  /** How long it may take for a step. */
  readonly stepMilliseconds: number;
  /** Why it can't rotate as it is told to, for who configures it. Throws RotatorFailed. */
  problem(): Promise<string | undefined>;
  /** Throws RotatorFailed where they can't be had. */
  capabilities(): Promise<Capabilities>;
  /** Throws RotatorFailed. */
  invoke(request: StepRequest, signal: AbortSignal): Promise<StepReply>;
}

/** A step failed, or nobody could be asked. `reason` is for people; a value may yet be in it. */
export class RotatorFailed extends Error {
  override readonly name = "RotatorFailed";
  readonly reason: string;

  constructor(reason: string, cause?: unknown) {
    super("The rotator failed", { cause });
    this.reason = reason;
  }
}
