/**
 * What a caller writes beside a parameter: labels on its versions, and tags. Neither makes a
 * version nor counts as a change of the parameter.
 */
import type { Clock } from "../clock.ts";
import { type Row, retryOnConflict, type Storage } from "../storage/storage.ts";
import { invalidResourceId, parameterNotFound, versionNotFound } from "./errors.ts";
import { attached, detached } from "./labels.ts";
import { latestOf } from "./latest.ts";
import { type ParameterRecord, type ParameterResource, putParameter } from "./records.ts";
import type { Tags } from "./tags.ts";

export interface Labelled {
  readonly version: number;
  readonly invalid: readonly string[];
}

export interface Unlabelled {
  readonly removed: readonly string[];
  readonly invalid: readonly string[];
}

export class Annotations {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** Attaches labels to a version, the current one where none is named. */
  label(
    located: ParameterResource,
    version: number | undefined,
    given: readonly string[],
  ): Promise<Labelled> {
    return this.#change(located, (record) => {
      const on = existingVersion(located, record, version ?? record?.version);
      const { labels, invalid } = attached(on.record.labels, on.version, given);
      return { labels, result: { version: on.version, invalid } };
    });
  }

  unlabel(
    located: ParameterResource,
    version: number,
    given: readonly string[],
  ): Promise<Unlabelled> {
    return this.#change(located, (record) => {
      const on = existingVersion(located, record, version);
      const { labels, ...result } = detached(on.record.labels, on.version, given);
      return { labels, result };
    });
  }

  /** Gives the parameter the tags that `after` makes of those it has. */
  tag(located: ParameterResource, after: (tags: Tags) => Tags): Promise<void> {
    return this.#change(located, (record) => {
      if (record === undefined) throw invalidResourceId();
      return { tags: after(record.tags), result: undefined };
    });
  }

  #change<Result>(
    located: ParameterResource,
    decide: (
      record: ParameterRecord | undefined,
    ) => Partial<Pick<ParameterRecord, "labels" | "tags">> & { readonly result: Result },
  ): Promise<Result> {
    return retryOnConflict(async () => {
      const row = await latestOf(this.#storage, located, this.#clock.now());
      const { result, ...changed } = decide(row?.body);
      if (row !== undefined) await this.#storage.commit([put(located, row, changed)]);
      return result;
    });
  }
}

function put(
  { named }: ParameterResource,
  { body, sealed, revision }: Row<ParameterRecord>,
  changed: Partial<ParameterRecord>,
) {
  return putParameter(named.scope, { ...body, ...changed }, sealed, revision);
}

function existingVersion(
  { named }: ParameterResource,
  record: ParameterRecord | undefined,
  version: number | undefined,
) {
  if (record === undefined || version === undefined) throw parameterNotFound();
  const isThere = version >= record.oldestVersion && version <= record.version;
  if (!isThere) throw versionNotFound(String(version), named.name);
  return { record, version };
}
