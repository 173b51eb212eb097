/**
 * Which of the provider's keys a version holds. Never a guess: what can't be told apart stays, and
 * somebody is told.
 */
import { keyNameOf, RotationFailure } from "../rotator.ts";
import type { Identification } from "./description.ts";
import { fits, type ListedKey } from "./listed-keys.ts";
import { lookUp } from "./pointer.ts";
import { isSuccess } from "./provider.ts";
import type { Step } from "./step.ts";

/** What the secret itself says, without asking anybody. */
export function keyIdIn(
  step: Step,
  secret: string,
  identify: Identification | undefined,
): string | undefined {
  const { key, keyId } = step.held(secret);
  if (keyId !== undefined) return keyId;
  if (identify === undefined || !("pattern" in identify)) return undefined;
  return key.match(new RegExp(identify.pattern))?.[1];
}

/** Of a key that the provider still has. Throws RotationFailure where it can't be told. */
export async function keyIdOf(
  step: Step,
  { versionId, value }: { readonly versionId: string; readonly value: string },
  listed: readonly ListedKey[],
  identify: Identification | undefined,
): Promise<string> {
  const said = keyIdIn(step, value, identify);
  if (said !== undefined) return said;
  const named = listed.filter(({ name }) => name === keyNameOf(versionId));
  if (named.length === 1 && named[0] !== undefined) return named[0].keyId;
  const found = await askedFor(step, value, named.length > 0 ? named : listed, identify);
  if (found !== undefined) return found;
  throw new RotationFailure(
    "The provider doesn't tell which key the secret holds: name that key " +
      `${keyNameOf(versionId)} there, or keep the secret as a JSON object with the key's id.`,
  );
}

async function askedFor(
  step: Step,
  secret: string,
  among: readonly ListedKey[],
  identify: Identification | undefined,
): Promise<string | undefined> {
  if (identify === undefined || "pattern" in identify) return undefined;
  if ("byHint" in identify) {
    const { key } = step.held(secret);
    const fitting = among.filter(({ hint }) => hint !== undefined && fits(hint, key));
    return fitting.length === 1 ? fitting[0]?.keyId : undefined;
  }
  const reply = await step.callAs(secret, identify);
  const keyId = isSuccess(reply) ? lookUp(reply.document, identify.keyId) : undefined;
  return typeof keyId === "string" || typeof keyId === "number" ? String(keyId) : undefined;
}
