/** What an administrator does to a key: its state, its end, its policy, its description and tags. */
import type { Permit } from "../authorization/authorize.ts";
import type { PrincipalIds } from "../authorization/types.ts";
import type { KeyChanges } from "./key-changes.ts";
import { tooManyTags } from "./key-errors.ts";
import { dayMilliseconds, type KeyRecord } from "./key-record.ts";
import type { KeyResource } from "./key-resource.ts";

/** A document that was found good, and whom it means by the ARNs in it. */
export interface KeyPolicy {
  readonly document: string;
  readonly principals: PrincipalIds;
}

type KeyPermit<Operation extends string> = Permit<`kms:${Operation}`, KeyResource>;

/** AWS's quota. https://docs.aws.amazon.com/kms/latest/developerguide/tagging-keys.html */
export const tagsMax = 50;

export class KeyAdministration {
  readonly #changes: KeyChanges;

  constructor(changes: KeyChanges) {
    this.#changes = changes;
  }

  enable({ resource }: KeyPermit<"EnableKey">): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "EnableKey", (key) => ({
      record: key.state === "Enabled" ? key : { ...key, state: "Enabled" },
    }));
  }

  disable({ resource }: KeyPermit<"DisableKey">): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "DisableKey", (key) => ({
      record: key.state === "Disabled" ? key : { ...key, state: "Disabled" },
    }));
  }

  updateDescription(
    { resource }: KeyPermit<"UpdateKeyDescription">,
    description: string,
  ): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "UpdateKeyDescription", (key) => ({
      record: { ...key, description },
    }));
  }

  /** From now on nothing opens with it; after the waiting period it is gone, with its names. */
  scheduleDeletion(
    { resource }: KeyPermit<"ScheduleKeyDeletion">,
    windowInDays: number,
  ): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "ScheduleKeyDeletion", (key, now) => ({
      record: {
        ...key,
        state: "PendingDeletion",
        deletionAt: now + windowInDays * dayMilliseconds,
      },
    }));
  }

  cancelDeletion({ resource }: KeyPermit<"CancelKeyDeletion">): Promise<KeyRecord> {
    return this.#changes.apply(
      resource.record,
      "CancelKeyDeletion",
      ({ deletionAt: _, ...key }) => ({ record: { ...key, state: "Disabled" } }),
    );
  }

  putPolicy(
    { resource }: KeyPermit<"PutKeyPolicy">,
    { document, principals }: KeyPolicy,
  ): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, undefined, (key) => ({
      record: { ...key, policy: document, policyPrincipals: principals },
    }));
  }

  tag(
    { resource }: KeyPermit<"TagResource">,
    tags: Readonly<Record<string, string>>,
  ): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "TagResource", (key) => {
      const all = { ...key.tags, ...tags };
      if (Object.keys(all).length > tagsMax) throw tooManyTags();
      return { record: { ...key, tags: all } };
    });
  }

  /** Tags that are not there are no matter. */
  untag(
    { resource }: KeyPermit<"UntagResource">,
    tagKeys: ReadonlySet<string>,
  ): Promise<KeyRecord> {
    return this.#changes.apply(resource.record, "UntagResource", (key) => {
      const kept = Object.entries(key.tags).filter(([name]) => !tagKeys.has(name));
      return { record: { ...key, tags: Object.fromEntries(kept) } };
    });
  }
}
