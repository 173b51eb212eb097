/**
 * A key that a person makes at the provider's page, under the name of its version. What the
 * provider has an API for, testing and revoking, is still done here; else a person revokes it too.
 */
import type { Rotation, Rotator } from "../rotator.ts";
import type { KeyByHand } from "./description.ts";
import { keyIdOf } from "./key-ids.ts";
import { listKeys } from "./listed-keys.ts";
import { isSharedWithCurrent, revokeVersion } from "./revoke-key.ts";
import { Step } from "./step.ts";

type Steps = Required<Pick<Rotator, "createSecret" | "testSecret" | "revokeSecret">>;

export function keyByHand(description: KeyByHand): Steps {
  const open = (rotation: Rotation) => new Step(description, rotation);
  const { list, revoke, identify } = description;
  const keys = list && revoke && { list, revoke, ...(identify && { identify }) };
  return {
    async createSecret(rotation) {
      const step = open(rotation);
      // Before anybody is asked for anything: the old key will have to be found.
      if (keys !== undefined) {
        const old = await rotation.versions.current();
        await keyIdOf(step, old, await listKeys(step, keys.list), identify);
      }
      return { byHandInstructions: step.filled(description.instructions) };
    },

    testSecret: (rotation, secret) => open(rotation).test(secret),

    async revokeSecret(rotation, secret) {
      const step = open(rotation);
      if (keys !== undefined) return revokeVersion(step, secret, keys);
      // Nobody is asked for what is done, or what would take the key from everybody.
      if (secret === undefined || (await isSharedWithCurrent(step, secret))) return undefined;
      if (!(await step.isGood(secret))) return undefined;
      const { revokeInstructions, documentation } = description;
      return {
        byHandInstructions: revokeInstructions
          ? step.filled(revokeInstructions)
          : `At the provider revoke the key of version ${rotation.token}: ${documentation}`,
      };
    },
  };
}
