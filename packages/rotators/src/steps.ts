/**
 * AWS's four steps and ours for every rotator: which version a step is for, where its value is
 * kept, and how AWSCURRENT moves. Each does nothing where it was done already, so that a step that
 * comes again, or twice at once, leaves one key and one value.
 */
import type { Step } from "./event.ts";
import { type ByHand, type Rotation, RotationFailure, type Rotator } from "./rotator.ts";
import type { SecretVersions } from "./secret-versions.ts";

/** What the vault is told beside "done": the reply's members on the wire. */
export type StepReply =
  | { readonly ByHand: { readonly instructions: string } }
  | { readonly OldKeyLivesUntil: string }
  | { readonly OldKeyIsDead: true }
  | null;

type RunStep = (rotator: Rotator, rotation: OwnRotation) => Promise<StepReply>;
type OwnRotation = Rotation & { readonly versions: Omit<SecretVersions, "close"> };

export const runStep: Readonly<Record<Step, RunStep>> = {
  async createSecret(rotator, rotation) {
    const { token, versions } = rotation;
    if (await isCurrent(rotation)) return null;
    // Somebody stored it: an earlier try, or an owner by hand.
    if ((await versions.value(token)) !== undefined) return null;
    const made = await rotator.createSecret(rotation);
    if ("byHandInstructions" in made) return byHand(made);
    await store(rotator, rotation, made.secretString);
    return null;
  },

  async setSecret(rotator, rotation) {
    if (await isCurrent(rotation)) return null;
    await rotator.setSecret?.(rotation, await storedValue(rotation));
    return null;
  },

  async testSecret(rotator, rotation) {
    const { versions, token } = rotation;
    // RotateImmediately=false asks before there is a new value: whether what is there can be used.
    const value = (await versions.value(token)) ?? (await versions.current()).value;
    await rotator.testSecret(rotation, value);
    return null;
  },

  async finishSecret(rotator, rotation) {
    if (!(await isCurrent(rotation))) await rotation.versions.makeCurrent(rotation.token);
    const { oldKeyLivesUntil, oldKeyIsDead } = (await rotator.finishSecret?.(rotation)) ?? {};
    if (oldKeyIsDead) return { OldKeyIsDead: true };
    return oldKeyLivesUntil ? { OldKeyLivesUntil: oldKeyLivesUntil.toISOString() } : null;
  },

  async revokeSecret(rotator, rotation) {
    if (rotator.revokeSecret === undefined) {
      throw new RotationFailure(`${rotator.type} can't revoke a key at its provider.`);
    }
    const { versions, token } = rotation;
    const value = await versions.value(token);
    if (value !== undefined && (await isSharedWithCurrent(rotation, value))) return null;
    const left = await rotator.revokeSecret(rotation, value);
    if (left === "isTheOnlyKey") await versions.makeCurrent(token);
    return typeof left === "object" ? byHand(left) : null;
  },
};

function byHand({ byHandInstructions: instructions }: ByHand): StepReply {
  return { ByHand: { instructions } };
}

/** Whether the step's work is done long since. Throws unless the version is pending otherwise. */
async function isCurrent({ versions, token }: OwnRotation): Promise<boolean> {
  const stages = await versions.stagesOf(token);
  if (stages.includes("AWSCURRENT")) return true;
  if (stages.includes("AWSPENDING")) return false;
  throw new RotationFailure("The version is not AWSPENDING: another rotation took its place.");
}

/**
 * Whether a new version is to go whose value AWSCURRENT has too, as where an owner put the old one
 * once more: then nothing is there to be revoked. Of any other version it couldn't be.
 */
async function isSharedWithCurrent(rotation: OwnRotation, value: string): Promise<boolean> {
  const { versions, token } = rotation;
  const current = await versions.current();
  if (current.versionId === token || current.value !== value) return false;
  if ((await versions.stagesOf(token)).includes("AWSPENDING")) return true;
  throw new RotationFailure("AWSCURRENT has the same value: rotate it first.");
}

async function storedValue({ versions, token }: OwnRotation): Promise<string> {
  const value = await versions.value(token);
  if (value === undefined) throw new RotationFailure("The version has no value.");
  return value;
}

/**
 * A key that was refused its place, because another try stored its own or the role may not write,
 * is nobody's: it goes at once. After a failure that leaves the outcome open it stays, and the next
 * try either finds its value or removes it by its name.
 */
async function store(rotator: Rotator, rotation: OwnRotation, value: string): Promise<void> {
  const { versions, token } = rotation;
  try {
    await versions.putPending(token, value);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const stored = await versions.value(token);
    if (stored === value) return;
    await rotator.revokeSecret?.(rotation, value);
    if (stored === undefined) throw error;
  }
}

/** An SDK's error that says the vault understood and said no. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "$fault" in error && error.$fault === "client";
}
