/** What is told of rotations: which there are, how each one goes, and who reads what. */
import type { Permit } from "../../authorization/authorize.ts";
import type { PageTokens } from "../../keys/page-tokens.ts";
import { invalidNextToken } from "../../secrets/errors.ts";
import { existing, isReplica } from "../../secrets/presence.ts";
import {
  type SecretRecord,
  type SecretResource,
  type SecretsResource,
  scopePrefix,
  secretTable,
} from "../../secrets/records.ts";
import type { Storage } from "../../storage/storage.ts";
import { type RotationRun, revocationKey, rotationKey, rotationTable } from "../run.ts";
import type { Reader, ReadersQuery, RotationReaders } from "./readers.ts";

/** A secret that is rotated or was, and its newest run if there was one. */
export interface Rotating {
  readonly record: SecretRecord;
  readonly run: RotationRun | undefined;
}

export interface RotationsQuery {
  readonly maxResults: number;
  readonly nextToken: string | undefined;
  /** Whether the caller may know of it. */
  mayKnow(record: SecretRecord): Promise<boolean>;
}

export interface RotationsPage {
  readonly rotations: readonly Rotating[];
  readonly nextToken: string | undefined;
}

/** Few secrets of many may be rotated: then a page ends early and has a next one, as on AWS. */
const rowsExaminedMax = 5000;
const rowsPerQuery = 128;

export class RotationReports {
  readonly #storage: Storage;
  readonly #tokens: PageTokens;
  readonly #readers: RotationReaders;

  constructor(storage: Storage, tokens: PageTokens, readers: RotationReaders) {
    this.#storage = storage;
    this.#tokens = tokens;
    this.#readers = readers;
  }

  /** In the order of names. Throws InvalidNextTokenException. */
  async list(
    permit: Permit<"claviger:ListRotations", SecretsResource>,
    { maxResults, nextToken, mayKnow }: RotationsQuery,
  ): Promise<RotationsPage> {
    const prefix = scopePrefix(permit.resource.scope);
    let after = nextToken && (await this.#tokens.open(kind, prefix, nextToken));
    if (nextToken !== undefined && after === undefined) throw invalidNextToken();
    const rotations: Rotating[] = [];
    for (let examined = 0; ; examined += rowsPerQuery) {
      const rows = await this.#storage.list(secretTable, { prefix, after, limit: rowsPerQuery });
      const runs = await this.#runs(rows.map(({ body }) => body));
      for (const [at, { key, body: record }] of rows.entries()) {
        const run = runs[at];
        const isRotated = record.rotation !== undefined || run !== undefined;
        if (isRotated && !isReplica(record) && (await mayKnow(record))) {
          if (rotations.length === maxResults) return this.#page(rotations, prefix, after);
          rotations.push({ record, run });
        }
        after = key;
      }
      if (rows.length < rowsPerQuery) return { rotations, nextToken: undefined };
      if (examined >= rowsExaminedMax) return this.#page(rotations, prefix, after);
    }
  }

  async describe(permit: Permit<"claviger:DescribeRotation", SecretResource>): Promise<Rotating> {
    const record = existing(permit.resource);
    const [run] = await this.#runs([record]);
    return { record, run };
  }

  /** Of keys whose end at the provider was asked for beside all rotations. */
  async revocations(
    permit: Permit<"claviger:DescribeRotation", SecretResource>,
  ): Promise<readonly RotationRun[]> {
    const record = existing(permit.resource);
    const prefix = revocationKey(record, "");
    const rows = await this.#storage.list(rotationTable, { prefix, limit: rowsPerQuery });
    return rows.map(({ body }) => body).filter(({ arn }) => arn === record.arn);
  }

  /** The latest first. Where a run is given they are told of as its readers. */
  readers(
    permit: Permit<
      | "claviger:DescribeRotation"
      | "claviger:ListSecretReaders"
      | "claviger:RevokeSecretVersion"
      | "claviger:EndRotationOverlap",
      SecretResource
    >,
    query: ReadersQuery = {},
  ): Promise<readonly Reader[]> {
    return this.#readers.readersOf(existing(permit.resource), query);
  }

  /** A run of a secret that had the same name before is nobody's. */
  async #runs(records: readonly SecretRecord[]): Promise<readonly (RotationRun | undefined)[]> {
    const rows = await this.#storage.getMany(rotationTable, records.map(rotationKey));
    return rows.map((row, at) => (row?.body.arn === records[at]?.arn ? row?.body : undefined));
  }

  async #page(rotations: readonly Rotating[], prefix: string, after: string | undefined) {
    return { rotations, nextToken: after && (await this.#tokens.seal(kind, prefix, after)) };
  }
}

const kind = "ListRotations";
