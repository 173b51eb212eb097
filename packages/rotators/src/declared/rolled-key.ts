/**
 * One key, whose value the provider makes up anew: the old value dies at once, or after a grace
 * time. There is no way back from that, so a new value that works is kept even where the rotation
 * fails: it, and not the old one, is what readers need.
 */
import { type Rotation, RotationFailure, type Rotator } from "../rotator.ts";
import type { RolledKey } from "./description.ts";
import { graceSecondsOf } from "./grace-period.ts";
import { keyIdIn } from "./key-ids.ts";
import { fits } from "./listed-keys.ts";
import { lookUp } from "./pointer.ts";
import { newKeyOf, Step } from "./step.ts";

export function rolledKey(description: RolledKey): Required<Omit<Rotator, keyof Described>> {
  const open = (rotation: Rotation) => new Step(description, rotation);
  // An answer that was lost is a value that nobody has: rolling once more is the only remedy.
  const roll = { ...description.roll, isIdempotent: true } as const;
  return {
    async createSecret(rotation) {
      const step = open(rotation);
      const old = await rotation.versions.current();
      const keyId = keyIdIn(step, old.value, description.identify);
      // Where the new value can't be stored it is lost, and the old one with it.
      await rotation.versions.requireWritable(old);
      const reply = await step.manage(roll, { keyId, ...graceOf(description, rotation) });
      const made = newKeyOf(description.roll, reply);
      return { secretString: step.written(made, step.held(old.value)) };
    },

    async setSecret(rotation, secret) {
      if (await isNewest(open(rotation), secret, description)) return;
      throw new RotationFailure("The key has been rolled once more, by somebody else.");
    },

    testSecret: (rotation, secret) => open(rotation).test(secret),

    async finishSecret({ metadata, versions }) {
      const graceSeconds = secondsOfGrace(metadata);
      if (description.strategy === "oneKey" || graceSeconds === 0) return { oldKeyIsDead: true };
      const { createdDate } = await versions.current();
      return { oldKeyLivesUntil: new Date(createdDate.getTime() + graceSeconds * 1000) };
    },

    async revokeSecret(rotation, secret) {
      const step = open(rotation);
      const { token, versions } = rotation;
      // A value that was never stored, or is nobody's any more, dies with the next roll.
      if (secret === undefined || (await versions.value(token)) !== secret) return;
      if (!(await step.isGood(secret)) || !(await isNewest(step, secret, description))) return;
      if ((await versions.stagesOf(token)).includes("AWSPENDING")) return "isTheOnlyKey";
      throw new RotationFailure("The provider has one key only: rotate it, and this one dies.");
    },
  };
}

type Described = Pick<
  Rotator,
  "type" | "title" | "strategy" | "metadata" | "standing" | "documentation"
>;

/** `gracePeriodSeconds` is AWS's name for it, where AWS has a type of that name too. */
function secondsOfGrace({ gracePeriod, gracePeriodSeconds }: Rotation["metadata"]): number {
  return graceSecondsOf(gracePeriodSeconds === undefined ? gracePeriod : `${gracePeriodSeconds}s`);
}

function graceOf({ strategy }: RolledKey, { metadata }: Rotation) {
  if (strategy === "oneKey") return {};
  const graceSeconds = secondsOfGrace(metadata);
  const graceEndsAtMilliseconds = Date.now() + graceSeconds * 1000;
  const graceEndsAt = new Date(graceEndsAtMilliseconds).toISOString();
  return { graceSeconds, graceEndsAtMilliseconds, graceEndsAt };
}

/** Of two tries at once the one that rolled first has a value whose days are numbered. */
async function isNewest(step: Step, secret: string, { newest }: RolledKey): Promise<boolean> {
  if (newest === undefined) return true;
  const hint = lookUp((await step.manage(newest)).document, newest.hint);
  return typeof hint !== "string" || fits(hint, step.held(secret).key);
}
