/**
 * Versions that are given out to nobody any more: a key that leaked, or one that a rotation has
 * replaced and the provider no longer takes. It stands in the secret's own record, which every
 * read asks for anyway, so it holds on every node with the reply; and in its replicas' records,
 * those included that no longer follow.
 */
import type { Permit } from "../authorization/authorize.ts";
import { retryOnConflict, type Storage } from "../storage/storage.ts";
import { stageNotFound, stageOnOtherVersion, versionIsCurrent, versionNotFound } from "./errors.ts";
import { existing, latest, notReplica } from "./presence.ts";
import {
  inRegion,
  putSecret,
  type SecretRecord,
  type SecretResource,
  secretKey,
  secretTable,
  versionKey,
  versionTable,
} from "./records.ts";
import { saveSecret } from "./saving.ts";
import type { Stores } from "./stores.ts";
import { current, versionAt } from "./versions.ts";

export interface Revocation {
  /** Milliseconds since the epoch. */
  readonly date: number;
  /** In the words of who revoked it; it holds no value. */
  readonly reason?: string | undefined;
}

/** By its id, by a label that it has, or by both; AWSCURRENT where neither is given. */
export interface RevocationChoice {
  readonly versionId?: string | undefined;
  readonly versionStage?: string | undefined;
  readonly reason?: string | undefined;
}

export interface RevokedVersion {
  readonly record: SecretRecord;
  readonly versionId: string;
}

/** What is known of the version's end; undefined while it is good. */
export function revocationOf(
  { revoked = {} }: Pick<SecretRecord, "revoked">,
  versionId: string,
): Revocation | undefined {
  return Object.hasOwn(revoked, versionId) ? revoked[versionId] : undefined;
}

export class SecretRevocation {
  readonly #stores: Stores;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** From here on no read gives the version out. One that was revoked before stays as it is. */
  async revoke(
    permit: Permit<"claviger:RevokeSecretVersion", SecretResource>,
    choice: RevocationChoice,
  ): Promise<RevokedVersion> {
    return this.#revoke(notReplica(existing(permit.resource)), choice);
  }

  /**
   * For a rotation, before the provider is asked to take the version's key no longer, so that it
   * can't become current behind that. Throws InvalidRequestException where it is.
   */
  revokeRotated(located: SecretRecord, versionId: string): Promise<RevokedVersion> {
    return this.#revoke(located, { versionId, reason: "rotated" }, (record) => {
      if (versionAt(record.stages, current) === versionId) throw versionIsCurrent();
    });
  }

  #revoke(
    located: SecretRecord,
    choice: RevocationChoice,
    check: (record: SecretRecord) => void = () => {},
  ): Promise<RevokedVersion> {
    const { storage, clock } = this.#stores;
    return retryOnConflict(async () => {
      const now = clock.now();
      const row = await latest(storage, located, now);
      const versionId = await chosen(storage, row.body, choice);
      if (revocationOf(row.body, versionId) !== undefined) return { record: row.body, versionId };
      check(row.body);
      await revokeStragglers(storage, row.body, versionId, { date: now, reason: choice.reason });
      const after = revokedIn(row.body, versionId, { date: now, reason: choice.reason });
      return { record: await saveSecret(storage, row, after, now), versionId };
    });
  }
}

async function chosen(
  storage: Storage,
  record: SecretRecord,
  { versionId, versionStage }: RevocationChoice,
): Promise<string> {
  const labelled = versionAt(record.stages, versionStage ?? current);
  const id = versionId ?? labelled;
  const version = id && (await storage.get(versionTable, versionKey(record, id)));
  if (!version) {
    throw versionId ? versionNotFound(versionId) : stageNotFound(versionStage ?? current);
  }
  if (versionStage !== undefined && labelled !== id) throw stageOnOtherVersion();
  return version.body.versionId;
}

/** Replicas that have failed get none of their primary's changes, but they are read all the same. */
async function revokeStragglers(
  storage: Storage,
  { accountId, name, arn, replicas = [] }: SecretRecord,
  versionId: string,
  revocation: Revocation,
): Promise<void> {
  for (const { region, status } of replicas) {
    if (status !== "Failed") continue;
    const row = await storage.get(secretTable, secretKey({ accountId, region }, name));
    if (row?.body.arn !== inRegion(arn, region)) continue;
    await storage.commit([putSecret(revokedIn(row.body, versionId, revocation), row)]);
  }
}

function revokedIn(record: SecretRecord, versionId: string, revocation: Revocation): SecretRecord {
  return {
    ...record,
    revoked: { ...record.revoked, [versionId]: revocation },
    lastChangedDate: revocation.date,
  };
}
