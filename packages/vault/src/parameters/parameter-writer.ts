/**
 * Writes parameters: each version whole or not at all, in one commit with the history it joins,
 * the version it displaces and the count. Where somebody else was quicker it starts again.
 */
import { isDeepStrictEqual } from "node:util";
import type { Clock, Randomness } from "../clock.ts";
import {
  type Change,
  Conflict,
  type Delete,
  type Put,
  type Row,
  retryOnConflict,
  type Storage,
} from "../storage/storage.ts";
import { checkLimit, countParameters, isFull, recount } from "./counts.ts";
import { type Draft, draftVersion, type ParameterChange } from "./draft.ts";
import type { Named } from "./name.ts";
import {
  type ParameterRecord,
  type ParameterResource,
  type ParameterTier,
  parameterKey,
  parameterTable,
  parentIndex,
  parentIndexValue,
  type VersionRecord,
  versionKey,
  versionTable,
} from "./records.ts";
import type { ParameterValues, SealPermit } from "./values.ts";

/** Asks for the permit to seal with the key of this id: Encrypt or GenerateDataKey, by tier. */
export type GrantSeal = (keyId: string, tier: ParameterTier) => Promise<SealPermit>;

export interface Written {
  readonly version: number;
  readonly tier: ParameterTier;
}

const versionsMax = 100;

export class ParameterWriter {
  readonly #storage: Storage;
  readonly #values: ParameterValues;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, values: ParameterValues, clock: Clock, randomness: Randomness) {
    this.#storage = storage;
    this.#values = values;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** Makes the parameter or its next version, and forgets the oldest of more than 100. */
  put(located: ParameterResource, change: ParameterChange, grantSeal: GrantSeal): Promise<Written> {
    const { named } = located;
    const { scope, path } = named;
    return retryOnConflict(async () => {
      const row = await this.#latest(located);
      const previous = row?.body;
      const draft = await this.#draft(named, previous, change);
      const grant =
        draft.keyId === undefined ? undefined : await grantSeal(draft.keyId, draft.tier);
      const body = await this.#nextVersion(named, previous, draft, change, grant);
      const sealed = await this.#seal(named, body, change.value, grant);
      await this.#storage.commit([
        ...versionChanges(named, row, { body, tags: draft.tags, sealed }),
        ...(await recount(this.#storage, scope, path, { from: previous?.tier, to: body.tier })),
      ]);
      return { version: body.version, tier: body.tier };
    });
  }

  /** Removes the parameter with all its versions; false if there is none. */
  delete(located: ParameterResource): Promise<boolean> {
    const { scope, path } = located.named;
    return retryOnConflict(async () => {
      const row = await this.#latest(located);
      if (row === undefined) return false;
      const { oldestVersion, version, tier } = row.body;
      const versions = Array.from({ length: version - oldestVersion + 1 }, (_, at) =>
        deletedVersion({ scope, path }, oldestVersion + at),
      );
      await this.#storage.commit([
        { type: "delete", table: parameterTable, key: row.key, expect: row.revision },
        ...versions,
        ...(await recount(this.#storage, scope, path, { from: tier, to: undefined })),
      ]);
      return true;
    });
  }

  /**
   * The row as it is now. The policies were asked about the located parameter's tags: where
   * others stand there by now, they have to be asked again, by a request that comes again.
   */
  async #latest({ named, row: located }: ParameterResource) {
    const row = await this.#storage.get(parameterTable, parameterKey(named.scope, named.path));
    const isAsPermitted =
      row === located || isDeepStrictEqual(row?.body.tags ?? {}, located?.body.tags ?? {});
    if (!isAsPermitted) throw new Conflict("The parameter is not the one that was located");
    return row;
  }

  async #draft({ scope }: Named, previous: ParameterRecord | undefined, change: ParameterChange) {
    // The counts matter only to what makes a parameter or asks for a tier.
    if (previous !== undefined && change.tier === undefined) {
      return draftVersion(previous, change, false);
    }
    const counts = await countParameters(this.#storage, scope);
    const draft = draftVersion(previous, change, isFull(counts, "Standard"));
    if (draft.tier !== previous?.tier) checkLimit(counts, draft.tier);
    return draft;
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
      id: previous?.id ?? this.#randomness.uuid(),
      name: previous?.name ?? named.name,
      version: (previous?.version ?? 0) + 1,
      dataType: "text",
      keyArn: grant?.resource.arn,
      modifiedAt: this.#clock.now(),
      modifiedBy,
      fingerprint: await this.#values.fingerprint(value),
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
      ? this.#values.sealPlain(place, value)
      : this.#values.sealSecure(grant, place, value);
  }
}

interface NewVersion {
  readonly body: VersionRecord;
  readonly tags: ParameterRecord["tags"];
  readonly sealed: Buffer;
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
  const parameter: Put<ParameterRecord> = {
    type: "put",
    table: parameterTable,
    key: parameterKey(scope, path),
    body: { ...body, tags, oldestVersion: isDisplaced ? oldest + 1 : oldest },
    sealed,
    expect: row?.revision ?? "absent",
    indexes: { [parentIndex]: parentIndexValue(scope, path) },
  };
  const inHistory: Put<VersionRecord> = {
    type: "put",
    table: versionTable,
    key: versionKey(scope, path, version),
    body,
    sealed,
    expect: "absent",
  };
  const displaced = isDisplaced ? [deletedVersion({ scope, path }, oldest)] : [];
  return [parameter, inHistory, ...displaced];
}

function deletedVersion({ scope, path }: Pick<Named, "scope" | "path">, version: number): Delete {
  return { type: "delete", table: versionTable, key: versionKey(scope, path, version) };
}
