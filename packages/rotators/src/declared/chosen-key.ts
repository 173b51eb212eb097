/**
 * One key whose value we choose. It is stored as pending before the provider hears of it, so
 * nothing is ever lost: readers find the key that works under AWSCURRENT or AWSPENDING. A rotation
 * that fails puts the old value back.
 */
import { randomInt } from "node:crypto";
import { type Rotation, RotationFailure, type Rotator } from "../rotator.ts";
import type { ChosenKey } from "./description.ts";
import { Step } from "./step.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

type Steps = Required<
  Pick<Rotator, "createSecret" | "setSecret" | "testSecret" | "finishSecret" | "revokeSecret">
>;

export function chosenKey(description: ChosenKey): Steps {
  const open = (rotation: Rotation) => new Step(description, rotation);
  const { length, alphabet = letters } = description.generate;
  return {
    async createSecret(rotation) {
      const step = open(rotation);
      const old = step.held((await rotation.versions.current()).value);
      const key = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
      return { secretString: step.written({ key, keyId: old.keyId, fields: {} }, old) };
    },

    async setSecret(rotation, secret) {
      const step = open(rotation);
      // The old key may be who asks, and it is dead once the new one is set.
      if (await step.isGood(secret)) return;
      await step.manage(description.set, newKey(step, secret));
    },

    testSecret: (rotation, secret) => open(rotation).test(secret),

    finishSecret: async () => ({ oldKeyIsDead: true }),

    async revokeSecret(rotation, secret) {
      const step = open(rotation);
      const current = await rotation.versions.current();
      if (current.versionId === rotation.token) {
        // Of a rotation that failed after it had come so far: this is the key that works.
        if ((await rotation.versions.stagesOf(rotation.token)).includes("AWSPENDING")) return;
        throw new RotationFailure("The provider has one key only: rotate it, and this one dies.");
      }
      if (secret === undefined || !(await step.isGood(secret))) return;
      await step.manageAs(secret, description.set, newKey(step, current.value));
    },
  };
}

function newKey(step: Step, secret: string) {
  return { newKey: step.held(secret).key };
}
