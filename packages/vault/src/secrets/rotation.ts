/** How a secret is to be rotated, as far as that is its own state: by what, by which rules, when. */
import { invalidRequest, rotationNotConfigured } from "./errors.ts";
import type { ExternalRotation, Rotation, SecretRecord } from "./records.ts";
import {
  checkRotationRules,
  nextRotationDate,
  type RotationRules,
  windowOpening,
} from "./rotation-rules.ts";
import { current, pending, versionAt } from "./versions.ts";

/** What is undefined stays as it was configured before. */
export interface RotationChange {
  readonly lambdaArn?: string | undefined;
  readonly external?: ExternalRotation | undefined;
  readonly rules?: RotationRules | undefined;
}

/** Throws where rules can't be followed, and where nothing would rotate the secret. */
export function checkRotation(record: SecretRecord, change: RotationChange): void {
  if (change.rules !== undefined) checkRotationRules(change.rules);
  configured(record, change);
}

/** The rotation as the change makes it, turned on. Throws where nothing would rotate the secret. */
export function configured(record: SecretRecord, change: RotationChange): Rotation {
  const { rotation } = record;
  const { lambdaArn, external } = rotatorAfter(rotation, change);
  if (lambdaArn === "" && external === undefined) throw rotationNotConfigured();
  if (external !== undefined && record.type === undefined) {
    throw invalidRequest(
      "The secret has no type that says how it is rotated. Give it one by UpdateSecret.",
    );
  }
  const rules = change.rules ?? rotation?.rules ?? {};
  return { isEnabled: true, lambdaArn, external, rules };
}

/** A function takes the place of a type's rotator, and the other way round. */
function rotatorAfter(rotation: Rotation | undefined, { lambdaArn, external }: RotationChange) {
  if (lambdaArn) return { lambdaArn };
  if (external !== undefined) return { lambdaArn: "", external };
  return { lambdaArn: rotation?.lambdaArn ?? "", external: rotation?.external };
}

/** The version that a rotation has begun with and not finished. */
export function pendingVersion({ stages }: SecretRecord): string | undefined {
  const id = versionAt(stages, pending);
  return id === versionAt(stages, current) ? undefined : id;
}

/** Counted from now: a value that is put by hand counts as a rotation. */
export function rescheduled(rotation: Rotation, now: number): Rotation {
  if (!rotation.isEnabled) return rotation;
  const { isAnnounced: _, ...kept } = rotation;
  const closes = nextRotationDate(rotation.rules, now);
  if (closes === undefined) return { ...kept, nextRotationDate: undefined };
  const isNear = windowOpening(rotation.rules, closes) - announcedBefore <= now;
  return { ...kept, nextRotationDate: closes, ...(isNear && { isAnnounced: true }) };
}

/** How long before its window opens a rotation is announced. */
export const announcedBefore = 86_400_000;

/** What comes next of a rotation by the schedule, and when; undefined where nothing is scheduled. */
export function nextRotationMoment({ rotation }: Pick<SecretRecord, "rotation">) {
  if (!rotation?.isEnabled || rotation.nextRotationDate === undefined) return undefined;
  const opensAt = windowOpening(rotation.rules, rotation.nextRotationDate);
  return rotation.isAnnounced
    ? ({ type: "rotation", at: opensAt, opensAt } as const)
    : ({ type: "announcement", at: opensAt - announcedBefore, opensAt } as const);
}
