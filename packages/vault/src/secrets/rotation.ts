/**
 * RotateSecret and CancelRotateSecret as far as they are the secret's own state: which function
 * rotates it, by which rules, and when it falls due.
 */
import { retryOnConflict } from "../storage/storage.ts";
import { rotationInProgress, rotationNotConfigured } from "./errors.ts";
import { existing, latest, writable } from "./presence.ts";
import type { Rotation, SecretPermit, SecretRecord } from "./records.ts";
import { checkRotationRules, nextRotationDate, type RotationRules } from "./rotation-rules.ts";
import { saveSecret } from "./saving.ts";
import type { Stores } from "./stores.ts";
import { current, pending, versionAt } from "./versions.ts";

/** What is undefined stays as it was configured before. */
export interface RotationChange {
  readonly lambdaArn?: string | undefined;
  readonly rules?: RotationRules | undefined;
}

export class SecretRotation {
  readonly #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /**
   * Turns rotation on by these rules. Throws where they can't be followed, where nothing rotates
   * the secret, and where a rotation is under way.
   */
  configure(permit: SecretPermit<"RotateSecret">, change: RotationChange): Promise<SecretRecord> {
    return this.#change(permit, (record, now) => {
      checkRotation(record, change);
      const rules = change.rules ?? record.rotation?.rules ?? {};
      const lambdaArn = change.lambdaArn || (record.rotation?.lambdaArn ?? "");
      return rescheduled({ isEnabled: true, lambdaArn, rules }, now);
    });
  }

  /** Turns rotation off. Its rules are kept, and so is a version that it may have begun with. */
  cancel(permit: SecretPermit<"CancelRotateSecret">): Promise<SecretRecord> {
    return this.#change(permit, ({ rotation }) => {
      if (rotation === undefined) throw rotationNotConfigured();
      return { ...rotation, isEnabled: false, nextRotationDate: undefined };
    });
  }

  #change(
    permit: SecretPermit<"RotateSecret" | "CancelRotateSecret">,
    change: (record: SecretRecord, now: number) => Rotation,
  ): Promise<SecretRecord> {
    const { storage, clock } = this.#stores;
    const located = existing(permit.resource);
    return retryOnConflict(async () => {
      const now = clock.now();
      const row = await latest(storage, located, now);
      const before = writable(row.body);
      const after = { ...before, rotation: change(before, now), lastChangedDate: now };
      return saveSecret(storage, row, after, now);
    });
  }
}

/** Throws as `configure` does. */
export function checkRotation(record: SecretRecord, { lambdaArn, rules }: RotationChange): void {
  if (rules !== undefined) checkRotationRules(rules);
  if (!lambdaArn && record.rotation === undefined) throw rotationNotConfigured();
  if (pendingVersion(record) !== undefined) throw rotationInProgress();
}

/** The version that a rotation has begun with and not finished. */
export function pendingVersion({ stages }: SecretRecord): string | undefined {
  const id = versionAt(stages, pending);
  return id === versionAt(stages, current) ? undefined : id;
}

/** Counted from now: a value that is put by hand counts as a rotation. */
export function rescheduled(rotation: Rotation, now: number): Rotation {
  if (!rotation.isEnabled) return rotation;
  return { ...rotation, nextRotationDate: nextRotationDate(rotation.rules, now) };
}
