/** What an administrator does to a secret beside its value: tags and the resource policy. */
import { retryOnConflict } from "../storage/storage.ts";
import { tooManyTags } from "./errors.ts";
import { existing, latest, notScheduled, writable } from "./presence.ts";
import type { SecretPermit, SecretPolicy, SecretRecord } from "./records.ts";
import { saveSecret } from "./saving.ts";
import type { Stores } from "./stores.ts";

type Tags = Readonly<Record<string, string>>;

/** AWS's quota. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
export const tagsMax = 50;

export class SecretAdministration {
  readonly #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  tag(permit: SecretPermit<"TagResource">, tags: Tags): Promise<SecretRecord> {
    return this.#change(permit, (record) => ({ ...record, tags: withTags(record.tags, tags) }));
  }

  /** Tags that are not there are no matter: where none is, nothing changes. */
  untag(
    permit: SecretPermit<"UntagResource">,
    tagKeys: ReadonlySet<string>,
  ): Promise<SecretRecord> {
    return this.#change(permit, (record) => {
      const tags = withoutTags(record.tags, tagKeys);
      const isSame = Object.keys(tags).length === Object.keys(record.tags).length;
      return isSame ? record : { ...record, tags, wasTagged: true };
    });
  }

  putPolicy(permit: SecretPermit<"PutResourcePolicy">, policy: SecretPolicy) {
    return this.#change(permit, (record) => ({ ...record, policy }));
  }

  deletePolicy(permit: SecretPermit<"DeleteResourcePolicy">): Promise<SecretRecord> {
    return this.#change(permit, ({ policy: _, ...record }) => record);
  }

  /** The secret with its policy, unless it is scheduled for deletion. */
  policyOf({ resource }: SecretPermit<"GetResourcePolicy">): SecretRecord {
    return notScheduled(existing(resource));
  }

  #change(
    permit: SecretPermit<string>,
    change: (record: SecretRecord) => SecretRecord,
  ): Promise<SecretRecord> {
    const { storage, clock } = this.#stores;
    const located = existing(permit.resource);
    return retryOnConflict(async () => {
      const now = clock.now();
      const row = await latest(storage, located, now);
      const before = writable(row.body);
      const after = change(before);
      if (after === before) return before;
      return saveSecret(storage, row, { ...after, lastChangedDate: now }, now);
    });
  }
}

/** Throws where there would be too many. */
export function withTags(tags: Tags, added: Tags): Tags {
  const all = { ...tags, ...added };
  if (Object.keys(all).length > tagsMax) throw tooManyTags(tagsMax);
  return all;
}

export function withoutTags(tags: Tags, tagKeys: ReadonlySet<string>): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !tagKeys.has(key)));
}
