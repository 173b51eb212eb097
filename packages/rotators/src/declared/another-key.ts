/**
 * Keys of which several live side by side. A key is made under the name of its version, so that
 * what a try that broke off made is found and removed by the next one, and at the latest when the
 * version is revoked.
 */
import { type Rotation, RotationFailure, type Rotator } from "../rotator.ts";
import type { AnotherKey } from "./description.ts";
import { keyIdOf } from "./key-ids.ts";
import { type ListedKey, listKeys } from "./listed-keys.ts";
import { lookUp } from "./pointer.ts";
import { named } from "./provider.ts";
import { revokeKey, revokeVersion } from "./revoke-key.ts";
import { newKeyOf, Step } from "./step.ts";
import type { Bindings } from "./template.ts";

type Steps = Required<Pick<Rotator, "createSecret" | "setSecret" | "testSecret" | "revokeSecret">>;

export function anotherKey(description: AnotherKey): Steps {
  const open = (rotation: Rotation) => new Step(description, rotation);
  return {
    async createSecret(rotation) {
      const step = open(rotation);
      const old = await rotation.versions.current();
      const listed = await listKeys(step, description.list);
      // Before anything is made: a key that couldn't be revoked later would live on for ever.
      const oldKeyId = await keyIdOf(step, old, listed, description.identify);
      const others = await withoutLeftovers(step, description, listed);
      checkRoom(description, others);
      const copied = await copiedFrom(step, description, oldKeyId);
      const reply = await step.manage(description.create, copied);
      const made = newKeyOf(description.create, reply);
      return { secretString: step.written(made, step.held(old.value)) };
    },

    /** A try that was thought dead may have made another one meanwhile. */
    async setSecret(rotation, secret) {
      const step = open(rotation);
      const listed = await listKeys(step, description.list);
      const made = listed.filter(({ name }) => name === rotation.keyName);
      if (made.length < 2) return;
      const version = { versionId: rotation.token, value: secret };
      const own = await keyIdOf(step, version, made, description.identify);
      for (const { keyId } of made) {
        if (keyId !== own) await revokeKey(step, keyId, description.revoke);
      }
    },

    testSecret: (rotation, secret) => open(rotation).test(secret),

    revokeSecret: (rotation, secret) => revokeVersion(open(rotation), secret, description),
  };
}

/** The keys that are left. With an idempotency key the provider itself answers the same again. */
async function withoutLeftovers(
  step: Step,
  { create, revoke }: AnotherKey,
  listed: readonly ListedKey[],
): Promise<readonly ListedKey[]> {
  const isLeftover = ({ name }: ListedKey) => name === step.rotation.keyName;
  if (create.idempotencyHeader === undefined) {
    for (const { keyId } of listed.filter(isLeftover)) await revokeKey(step, keyId, revoke);
  }
  return listed.filter((key) => !isLeftover(key));
}

/** The provider would refuse, or worse, make room by itself. */
function checkRoom({ maxKeys }: AnotherKey, { length }: readonly ListedKey[]): void {
  if (maxKeys === undefined || length < maxKeys) return;
  throw new RotationFailure(`The provider has ${length} keys and allows ${maxKeys}: remove one.`);
}

async function copiedFrom(step: Step, { copy }: AnotherKey, keyId: string): Promise<Bindings> {
  if (copy === undefined) return {};
  const { values, optionalValues = {} } = copy;
  const { document } = await step.manage(copy, { keyId });
  const missing = Object.values(values).find((at) => (lookUp(document, at) ?? null) === null);
  if (missing !== undefined) {
    throw new RotationFailure(`The answer to ${named(copy)} has nothing at ${missing}.`);
  }
  return Object.fromEntries(
    Object.entries({ ...values, ...optionalValues }).map(([name, at]) => [
      `copied.${name}`,
      lookUp(document, at),
    ]),
  );
}
