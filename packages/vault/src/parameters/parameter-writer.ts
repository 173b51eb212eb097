/**
 * Writes parameters: each version whole or not at all, in one commit with the history it joins,
 * the version it displaces and the count. Where somebody else was quicker it starts again.
 */
import type { Clock, Randomness } from "../clock.ts";
import type { Scope } from "../scope.ts";
import {
  type Change,
  type Put,
  type Row,
  retryOnConflict,
  type Storage,
} from "../storage/storage.ts";
import { checkLimit, countParameters, type ParameterLimits, recount } from "./counts.ts";
import { type Draft, draftVersion, type ParameterChange } from "./draft.ts";
import { oldestVersionLabelled } from "./errors.ts";
import { labelsOf } from "./labels.ts";
import { latestOf } from "./latest.ts";
import type { Named } from "./name.ts";
import type { PolicyEnforcement } from "./policy-enforcement.ts";
import {
  type ParameterRecord,
  type ParameterResource,
  type ParameterTier,
  parameterKey,
  putParameter,
  type VersionRecord,
  versionKey,
  versionTable,
} from "./records.ts";
import { deletedVersion, removal } from "./removal.ts";
import type { ServiceSettings } from "./service-settings.ts";
import type { ParameterValues, SealPermit } from "./values.ts";

/** Asks for the permit to seal with the key of this id: Encrypt or GenerateDataKey, by tier. */
export type GrantSeal = (keyId: string, tier: ParameterTier) => Promise<SealPermit>;

export interface Written {
  readonly version: number;
  readonly tier: ParameterTier;
}

const versionsMax = 100;

/** What a writer works with. */
export interface WriterParts {
  readonly storage: Storage;
  readonly values: ParameterValues;
  readonly settings: ServiceSettings;
  readonly enforcement: PolicyEnforcement;
  readonly limits: ParameterLimits;
  readonly clock: Clock;
  readonly randomness: Randomness;
}

export class ParameterWriter {
  readonly #parts: WriterParts;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Makes the parameter or its next version, and forgets the oldest of more than 100. */
  put(located: ParameterResource, change: ParameterChange, grantSeal: GrantSeal): Promise<Written> {
    const { named } = located;
    const { scope, path } = named;
    const { storage, enforcement, clock } = this.#parts;
    return retryOnConflict(async () => {
      // What has expired makes room for its namesake, with the notice that it is owed.
      await enforcement.enforce(parameterKey(scope, path));
      const row = await latestOf(storage, located, clock.now());
      const previous = row?.body;
      const draft = await this.#draft(scope, previous, change);
      if (row !== undefined) checkPruning(named, row.body);
      const grant =
        draft.keyId === undefined ? undefined : await grantSeal(draft.keyId, draft.tier);
      const body = await this.#nextVersion(named, previous, draft, change, grant);
      const sealed = await this.#seal(named, body, change.value, grant);
      await storage.commit([
        ...versionChanges(named, row, { body, tags: draft.tags, sealed }),
        ...recount(scope, { from: previous?.tier, to: body.tier }),
      ]);
      return { version: body.version, tier: body.tier };
    });
  }

  /** Removes the parameter with all its versions; false if there is none. */
  delete(located: ParameterResource): Promise<boolean> {
    const { storage, clock } = this.#parts;
    return retryOnConflict(async () => {
      const row = await latestOf(storage, located, clock.now());
      if (row === undefined) return false;
      await storage.commit(removal(located.named.scope, row));
      return true;
    });
  }

  async #draft(scope: Scope, previous: ParameterRecord | undefined, change: ParameterChange) {
    const { settings, limits } = this.#parts;
    const defaultTier = await settings.defaultTier(scope);
    if (previous !== undefined) {
      const draft = draftVersion(previous, change, { defaultTier, isStandardFull: false });
      // The counts matter only to what makes a parameter or asks for another tier.
      if (draft.tier !== previous.tier) checkLimit(await this.#counts(scope), limits, draft.tier);
      return draft;
    }
    const counts = await this.#counts(scope);
    const isStandardFull = counts.Standard >= limits.Standard;
    const draft = draftVersion(previous, change, { defaultTier, isStandardFull });
    checkLimit(counts, limits, draft.tier);
    return draft;
  }

  /** The counts, without what has expired where that could make room. */
  async #counts(scope: Scope) {
    const { storage, enforcement, limits } = this.#parts;
    const counts = await countParameters(storage, scope);
    if (counts.Standard < limits.Standard && counts.Advanced < limits.Advanced) return counts;
    // What can't be told now stays counted; the schedule says why.
    await enforcement.run().catch(() => {});
    return countParameters(storage, scope);
  }

  async #nextVersion(
    named: Named,
    previous: ParameterRecord | undefined,
    { tags: _, ...described }: Draft,
    { value, modifiedBy }: ParameterChange,
    grant: SealPermit | undefined,
  ): Promise<VersionRecord> {
    return {
      ...described,
      id: previous?.id ?? this.#parts.randomness.uuid(),
      name: previous?.name ?? named.name,
      version: (previous?.version ?? 0) + 1,
      dataType: "text",
      keyArn: grant?.resource.arn,
      modifiedAt: this.#parts.clock.now(),
      modifiedBy,
      fingerprint: await this.#parts.values.fingerprint(value),
    };
  }

  #seal(
    { arn }: Named,
    { id, version }: VersionRecord,
    value: string,
    grant: SealPermit | undefined,
  ): Promise<Buffer> {
    const place = { arn, id, version };
    return grant === undefined
      ? this.#parts.values.sealPlain(place, value)
      : this.#parts.values.sealSecure(grant, place, value);
  }
}

interface NewVersion {
  readonly body: VersionRecord;
  readonly tags: ParameterRecord["tags"];
  readonly sealed: Buffer;
}

/** The oldest version makes room for the next one, unless somebody relies on it by its label. */
function checkPruning({ name }: Named, { version, oldestVersion, labels }: ParameterRecord): void {
  const isDisplacing = version + 1 - oldestVersion >= versionsMax;
  if (isDisplacing && labelsOf(labels, oldestVersion).length > 0) {
    throw oldestVersionLabelled(name, oldestVersion);
  }
}

/** The current version's row, the same in the history, and the end of the version displaced. */
function versionChanges(
  { scope, path }: Named,
  row: Row<ParameterRecord> | undefined,
  { body, tags, sealed }: NewVersion,
): Change[] {
  const { version } = body;
  const oldest = row?.body.oldestVersion ?? version;
  const isDisplaced = version - oldest >= versionsMax;
  const oldestVersion = isDisplaced ? oldest + 1 : oldest;
  const record = { ...body, tags, oldestVersion, labels: row?.body.labels };
  const inHistory: Put<VersionRecord> = {
    type: "put",
    table: versionTable,
    key: versionKey(scope, path, version),
    body,
    sealed,
    expect: "absent",
  };
  return [
    putParameter(scope, record, sealed, row?.revision ?? "absent"),
    inHistory,
    ...(isDisplaced ? [deletedVersion(scope, path, oldest)] : []),
  ];
}
