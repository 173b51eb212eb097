/**
 * New material for a key that stays the same: by itself when its time has come, or on demand. The
 * versions before it go on decrypting what they encrypted.
 * https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock } from "../clock.ts";
import { ApiError } from "../errors.ts";
import type { Storage } from "../storage/storage.ts";
import type { KeyChange, KeyChanges } from "./key-changes.ts";
import { rotationLimitReached } from "./key-errors.ts";
import type { KeyMaterials } from "./key-material.ts";
import {
  type AutomaticRotation,
  dayMilliseconds,
  type KeyRecord,
  type KeyVersionRecord,
  keyTable,
  keyVersionTable,
  type RotationType,
  rotationIndex,
  versionName,
  versionsPrefix,
} from "./key-record.ts";
import type { KeyResource } from "./key-resource.ts";
import { type Page, page } from "./page.ts";

/** A version of a key as ListKeyRotations shows it. */
export interface ListedVersion extends KeyVersionRecord {
  readonly isCurrent: boolean;
}

/** AWS's default; also how AWS managed keys rotate. */
export const rotationPeriodInDays = 365;

const onDemandRotationsMax = 25;
const keysPerSweep = 100;

export class KeyRotation {
  readonly #storage: Storage;
  readonly #changes: KeyChanges;
  readonly #materials: KeyMaterials;
  readonly #clock: Clock;

  constructor(storage: Storage, changes: KeyChanges, materials: KeyMaterials, clock: Clock) {
    this.#storage = storage;
    this.#changes = changes;
    this.#materials = materials;
    this.#clock = clock;
  }

  /** The first rotation is a period from now; of a key that rotates so already, as it was. */
  enable(
    { resource }: Permit<"kms:EnableKeyRotation", KeyResource>,
    periodInDays: number,
  ): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "EnableKeyRotation", (key, now) =>
      key.rotation?.periodInDays === periodInDays
        ? { record: key }
        : { record: { ...key, rotation: rotationFrom(now, periodInDays) } },
    );
  }

  disable({ resource }: Permit<"kms:DisableKeyRotation", KeyResource>): Promise<KeyRecord> {
    return this.#changes.apply(
      resource.record,
      "DisableKeyRotation",
      ({ rotation: _, ...record }) => ({ record }),
    );
  }

  /** Leaves the schedule of automatic rotations as it is. */
  rotateOnDemand({ resource }: Permit<"kms:RotateKeyOnDemand", KeyResource>): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "RotateKeyOnDemand", (key, now) => {
      const { onDemandRotations = 0 } = key;
      if (onDemandRotations >= onDemandRotationsMax) throw rotationLimitReached(key.arn);
      return this.#rotated({ ...key, onDemandRotations: onDemandRotations + 1 }, now, "ON_DEMAND");
    });
  }

  /** The versions that rotation made, oldest first; with `isFirstIncluded` all of them. */
  async list(
    { resource }: Permit<"kms:ListKeyRotations", KeyResource>,
    isFirstIncluded: boolean,
    limit: number,
    after: string | undefined,
  ): Promise<Page<ListedVersion>> {
    const { record } = resource;
    const prefix = versionsPrefix(record);
    // The first version's row comes before every other.
    const first = isFirstIncluded ? undefined : versionName(1);
    const rows = await this.#storage.list(keyVersionTable, {
      prefix,
      after: (after ?? first) && prefix + (after ?? first),
      limit: limit + 1,
    });
    const { items, next } = page(rows, limit, ({ key }) => key.slice(prefix.length));
    const isCurrent = ({ materialId }: KeyVersionRecord) => materialId === record.currentMaterialId;
    return { items: items.map(({ body }) => ({ ...body, isCurrent: isCurrent(body) })), next };
  }

  /** Rotates every key whose time has come. Safe to run by many at once, and to be cut off. */
  async rotateDue(): Promise<void> {
    for (;;) {
      const range = { prefix: "", limit: keysPerSweep };
      const earliest = await this.#storage.listByIndex(keyTable, rotationIndex, range);
      const due = earliest.filter(({ body }) => isDue(body, this.#clock.now()));
      for (const { body } of due) await this.#rotateIfDue(body);
      if (due.length < keysPerSweep) return;
    }
  }

  async #rotateIfDue(due: KeyRecord): Promise<void> {
    try {
      await this.#changes.apply(due, undefined, (key, now) => {
        const { rotation } = key;
        if (rotation === undefined || !isDue(key, now)) return { record: key };
        return this.#rotated({ ...key, rotation: nextOf(rotation, now) }, now, "AUTOMATIC");
      });
    } catch (error) {
      // It is gone by now, and needs no rotation.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  #rotated(key: KeyRecord, now: number, rotationType: RotationType): KeyChange {
    const record = {
      ...key,
      currentVersion: key.currentVersion + 1,
      currentMaterialId: this.#materials.nextId(),
    };
    return { record, also: [this.#materials.adding(record, now, rotationType)] };
  }
}

export function rotationFrom(now: number, periodInDays: number): AutomaticRotation {
  return { periodInDays, nextAt: now + periodInDays * dayMilliseconds };
}

/** Only an enabled key rotates; one that is enabled again does so as soon as it was due. */
function isDue({ state, rotation }: KeyRecord, now: number): boolean {
  return state === "Enabled" && rotation !== undefined && rotation.nextAt <= now;
}

/** However late it is, the schedule keeps its beat. */
function nextOf({ periodInDays, nextAt }: AutomaticRotation, now: number): AutomaticRotation {
  const period = periodInDays * dayMilliseconds;
  const missed = Math.floor((now - nextAt) / period);
  return { periodInDays, nextAt: nextAt + (missed + 1) * period };
}
