/**
 * Secrets: named values with versions, of which staging labels say which one is current. Every
 * method that reveals or changes anything takes the permit for exactly that, and every change is
 * one commit.
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { KeyResource, Keys } from "../keys/keys.ts";
import { PageTokens } from "../keys/page-tokens.ts";
import type { SealedKeys } from "../keys/ring/sealed-keys.ts";
import { type NoticeSink, unheard } from "../notices.ts";
import type { Scope } from "../scope.ts";
import { type Soon, soon } from "../soon.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { AccessDates } from "./access-dates.ts";
import { SecretAdministration } from "./administration.ts";
import { announceExpiries } from "./announcements.ts";
import { changeSecret, type SecretChange } from "./changes.ts";
import { createSecret, type NewSecret } from "./creation.ts";
import { type Deleted, deleteAtOnce, restoreSecret, scheduleDeletion } from "./deletion.ts";
import { stageNotFound, stageOnOtherVersion, versionNotFound, versionRevoked } from "./errors.ts";
import { type ListQuery, listSecrets, type SecretPage } from "./listing.ts";
import { type PasswordRecipe, randomPassword } from "./password.ts";
import { existing, isGone, notScheduled, writable } from "./presence.ts";
import { purgeExpired } from "./purge.ts";
import {
  type SecretPermit,
  type SecretRecord,
  type SecretResource,
  type SecretsResource,
  secretKey,
  secretTable,
  type VersionRow,
  versionKey,
  versionTable,
} from "./records.ts";
import { SecretReplication } from "./replication.ts";
import { policyOf } from "./resource-policies.ts";
import { revocationOf, SecretRevocation } from "./revocation.ts";
import { openVersion } from "./sealing.ts";
import { checkName, missingSecretArn, newSecretArn, parseSecretId } from "./secret-id.ts";
import { moveStage, type StageCopies, type StageMove } from "./staging.ts";
import type { Stores } from "./stores.ts";
import type { SecretValue } from "./value.ts";
import { listVersions, type VersionPage, type VersionQuery } from "./version-list.ts";
import { current, versionAt } from "./versions.ts";

export interface VersionChoice {
  readonly versionId?: string | undefined;
  readonly versionStage?: string | undefined;
  /** For who revokes it at its provider. */
  readonly isRevokedGiven?: boolean | undefined;
}

/** What changes a secret's versions, or is about to. */
type WriteAction =
  | "PutResourcePolicy"
  | "PutSecretValue"
  | "ReplicateSecretToRegions"
  | "RotateSecret"
  | "UpdateSecret"
  | "UpdateSecretVersionStage";

export class Secrets {
  readonly administration: SecretAdministration;
  readonly replication: SecretReplication;
  readonly revocation: SecretRevocation;
  readonly #stores: Stores;
  readonly #tokens: PageTokens;
  readonly #randomness: Randomness;
  readonly #accessDates: AccessDates;
  readonly #notices: NoticeSink;

  constructor(
    storage: Storage,
    keys: Keys,
    sealedKeys: SealedKeys,
    clock: Clock,
    randomness: Randomness,
    notices: NoticeSink = unheard,
  ) {
    this.#stores = { storage, keys, clock };
    this.#notices = notices;
    this.#tokens = new PageTokens(sealedKeys);
    this.#randomness = randomness;
    this.#accessDates = new AccessDates(storage);
    this.administration = new SecretAdministration(this.#stores);
    this.replication = new SecretReplication(this.#stores);
    this.revocation = new SecretRevocation(this.#stores);
  }

  /** By name or ARN, found or not: only a permit may tell which. Throws for an unlawful name. */
  locate(scope: Scope, secretId: string): Soon<SecretResource> {
    const named = parseSecretId(scope, secretId);
    const { accountId, region } = named.scope;
    // What lies in another region can't be had here, and another account's only by its whole ARN.
    const isOwn = accountId === scope.accountId;
    const isHere = region === scope.region && (isOwn || named.arn !== undefined);
    return soon(isHere ? this.#row(named.scope, named.name) : undefined, (row) => {
      const found = this.#present(row);
      // A name that was found needs no judging.
      if (found === undefined) checkName(named.name);
      const record = named.arn === undefined || named.arn === found?.arn ? found : undefined;
      const arn = record?.arn ?? named.arn ?? missingSecretArn(named.scope, named.name);
      return this.#resource(named.scope, named.name, arn, record, secretId);
    });
  }

  /** The secret that is to be created, with the ARN it will have, or the one that is there. */
  async locateNew(scope: Scope, name: string): Promise<SecretResource> {
    checkName(name);
    const record = this.#present(await this.#row(scope, name));
    const arn = record?.arn ?? newSecretArn(scope, name, this.#randomness);
    return this.#resource(scope, name, arn, record, name);
  }

  create(permit: SecretPermit<"CreateSecret">, secret: NewSecret): Promise<SecretRecord> {
    return createSecret(this.#stores, permit, secret);
  }

  /** The secret after the change. */
  change(
    permit: SecretPermit<"PutSecretValue" | "UpdateSecret">,
    change: SecretChange,
  ): Promise<SecretRecord> {
    return changeSecret(this.#stores, permit, change);
  }

  scheduleDeletion(
    permit: SecretPermit<"DeleteSecret">,
    recoveryWindowInDays: number,
  ): Promise<Deleted> {
    return scheduleDeletion(this.#stores, permit, recoveryWindowInDays);
  }

  deleteAtOnce(permit: SecretPermit<"DeleteSecret">): Promise<Deleted> {
    return deleteAtOnce(this.#stores, this.#randomness, permit);
  }

  restore(permit: SecretPermit<"RestoreSecret">): Promise<SecretRecord> {
    return restoreSecret(this.#stores, permit);
  }

  /** The secret as it is, also within its recovery window. */
  describe(permit: SecretPermit<"DescribeSecret" | "ListSecretVersionIds">): SecretRecord {
    return this.#accessDates.dated(existing(permit.resource));
  }

  /** Throws InvalidNextTokenException. */
  listVersions(
    permit: SecretPermit<"ListSecretVersionIds">,
    query: VersionQuery,
  ): Promise<VersionPage> {
    return listVersions(this.#stores.storage, this.#tokens, existing(permit.resource), query);
  }

  /** The secret after the label has moved. */
  moveStage(
    permit: SecretPermit<"UpdateSecretVersionStage">,
    move: StageMove,
    copies: StageCopies,
  ): Promise<SecretRecord> {
    return moveStage(this.#stores, permit, move, copies);
  }

  /** Kept nowhere. Throws InvalidParameterException for a recipe that no password can follow. */
  randomPassword(
    _permit: Permit<"secretsmanager:GetRandomPassword", SecretsResource>,
    recipe: PasswordRecipe,
  ): string {
    return randomPassword(this.#randomness, recipe);
  }

  async list(
    permit: Permit<"secretsmanager:ListSecrets", SecretsResource>,
    query: ListQuery,
  ): Promise<SecretPage> {
    const { storage, clock } = this.#stores;
    const { scope } = permit.resource;
    const page = await listSecrets(storage, this.#tokens, scope, query, clock.now());
    return { ...page, secrets: page.secrets.map((record) => this.#accessDates.dated(record)) };
  }

  /** The secret, unless it is scheduled for deletion. */
  active(
    permit: SecretPermit<"GetSecretValue" | "UpdateSecret" | "ValidateResourcePolicy">,
  ): SecretRecord {
    return notScheduled(existing(permit.resource));
  }

  /** The secret, unless it is scheduled for deletion or a replica. */
  writable(permit: SecretPermit<WriteAction>): SecretRecord {
    return writable(existing(permit.resource));
  }

  /** The version asked for, still sealed; AWSCURRENT where nothing is asked for. */
  version(
    permit: SecretPermit<"GetSecretValue">,
    { versionId, versionStage, isRevokedGiven }: VersionChoice,
  ): Soon<VersionRow> {
    const record = this.active(permit);
    const label = versionStage ?? current;
    const id = versionId ?? versionAt(record.stages, label);
    const key = id && versionKey(record, id);
    return soon(key && this.#stores.storage.get(versionTable, key), (row) => {
      if (!row) throw versionId === undefined ? stageNotFound(label) : versionNotFound(versionId);
      if (versionStage !== undefined && versionAt(record.stages, versionStage) !== id) {
        throw stageOnOtherVersion();
      }
      const isRevoked = revocationOf(record, row.body.versionId) !== undefined;
      if (isRevoked && isRevokedGiven !== true) throw versionRevoked();
      return row;
    });
  }

  /** The value of a version, for the holder of both permits: the secret's and the key's. */
  reveal(
    permit: SecretPermit<"GetSecretValue">,
    version: VersionRow,
    keyPermit: Permit<"kms:Decrypt", KeyResource>,
  ): Soon<SecretValue> {
    const record = this.active(permit);
    return soon(openVersion(this.#stores.keys, record.arn, version, keyPermit), (value) => {
      this.#accessDates.note(record, version.body.versionId, this.#stores.clock.now());
      return value;
    });
  }

  /** Those of the versions that exist, still sealed: a write may need permits on their keys. */
  async versions(
    permit: SecretPermit<"CreateSecret" | WriteAction>,
    versionIds: readonly string[],
  ): Promise<readonly VersionRow[]> {
    const { record } = permit.resource;
    if (record === undefined) return [];
    const keys = versionIds.map((id) => versionKey(record, id));
    const rows = await this.#stores.storage.getMany(versionTable, keys);
    return rows.filter((row) => row !== undefined);
  }

  /** For the scheduled sweep: removes what is gone already. Resolves with how many there were. */
  purgeExpired(): Promise<number> {
    return purgeExpired(this.#stores.storage, this.#stores.clock.now());
  }

  /** For the schedule: announces the ends of tokens (`expiry.ts`) that are due. */
  announceExpiries(): Promise<void> {
    return announceExpiries(this.#stores, this.#notices);
  }

  #resource(
    scope: Scope,
    name: string,
    arn: string,
    record: SecretRecord | undefined,
    nameInDenials: string,
  ): SecretResource {
    return {
      arn,
      accountId: scope.accountId,
      tags: record?.tags ?? {},
      policy: record && policyOf(record),
      nameInDenials,
      scope,
      name,
      record,
    };
  }

  #row(scope: Scope, name: string): Soon<Row<SecretRecord> | undefined> {
    return this.#stores.storage.get(secretTable, secretKey(scope, name));
  }

  #present(row: Row<SecretRecord> | undefined): SecretRecord | undefined {
    return row === undefined || isGone(row.body, this.#stores.clock.now()) ? undefined : row.body;
  }
}
