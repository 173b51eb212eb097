/** Reads one parameter: a version by its number or label, and the history of all. */
import type { Permit } from "../authorization/authorize.ts";
import type { PageTokens } from "../keys/page-tokens.ts";
import { type Soon, soon } from "../soon.ts";
import type { Storage } from "../storage/storage.ts";
import { labelNotFound, parameterNotFound, versionNotFound } from "./errors.ts";
import { versionWith } from "./labels.ts";
import { type List, type Page, type PageRequest, page, positionOf } from "./pages.ts";
import { ReadVersion } from "./read-version.ts";
import {
  type ParameterRecord,
  type ParameterResource,
  versionKey,
  versionKeyPrefix,
  versionTable,
} from "./records.ts";

export class ParameterReader {
  readonly #storage: Storage;
  readonly #tokens: PageTokens;

  constructor(storage: Storage, tokens: PageTokens) {
    this.#storage = storage;
    this.#tokens = tokens;
  }

  /** The version that the permit's resource names: the current one without a selector. */
  read(
    permit: Permit<"ssm:GetParameter" | "ssm:GetParameters", ParameterResource>,
  ): Soon<ReadVersion> {
    const { row, named } = permit.resource;
    const { scope, name, path, selector } = named;
    if (row === undefined) throw parameterNotFound();
    if (selector === undefined) return new ReadVersion(permit, row, name);
    const number = versionNumber(row.body, selector);
    const notFound = number === undefined ? labelNotFound : versionNotFound;
    const key = number === undefined ? undefined : versionKey(scope, path, number);
    return soon(key && this.#storage.get(versionTable, key), (version) => {
      if (!version || version.body.id !== row.body.id) throw notFound(selector, name);
      return new ReadVersion(permit, version, name);
    });
  }

  /** The versions of a parameter, oldest first. */
  async history(
    permit: Permit<"ssm:GetParameterHistory", ParameterResource>,
    { limit, token }: PageRequest,
  ): Promise<Page<ReadVersion>> {
    const { row, named } = permit.resource;
    if (row === undefined) throw parameterNotFound();
    const prefix = versionKeyPrefix(named.scope, named.path);
    const list: List = { kind: "GetParameterHistory", binding: `${prefix}${row.body.id}` };
    const after = await positionOf(this.#tokens, list, token);
    const rows = await this.#storage.list(versionTable, { prefix, after, limit: limit + 1 });
    // Since the permit was given, another parameter may have taken the name.
    const found = rows.filter(({ body }) => body.id === row.body.id);
    const versions = found.slice(0, limit);
    return page(
      this.#tokens,
      list,
      versions.map((version) => {
        // What has become of its policies is in the parameter's own row.
        const isCurrent = version.body.version === row.body.version;
        return new ReadVersion(permit, isCurrent ? row : version, named.name, row.body.labels);
      }),
      found.length > limit ? versions.at(-1)?.key : undefined,
    );
  }
}

function versionNumber({ labels }: ParameterRecord, selector: string): number | undefined {
  return /^[0-9]+$/.test(selector) ? Number(selector) : versionWith(labels, selector);
}
