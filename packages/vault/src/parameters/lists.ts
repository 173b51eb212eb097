/** The lists of parameters: by path with their values, or described without. */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock } from "../clock.ts";
import type { PageTokens } from "../keys/page-tokens.ts";
import type { Scope } from "../scope.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { matcher, type ParameterFilter, type Span, spansOf } from "./filters.ts";
import { versionWith } from "./labels.ts";
import { listParameters } from "./listing.ts";
import { parameterArn, pathOf } from "./name.ts";
import { type List, type Page, type PageRequest, page, positionOf } from "./pages.ts";
import { isExpired } from "./policies.ts";
import { ReadVersion } from "./read-version.ts";
import {
  type ParameterRecord,
  type ParametersResource,
  type PathResource,
  type VersionRecord,
  versionKey,
  versionTable,
} from "./records.ts";

/** A parameter as lists show it. */
export interface Described {
  readonly arn: string;
  readonly record: ParameterRecord;
}

export class ParameterLists {
  readonly #storage: Storage;
  readonly #tokens: PageTokens;
  readonly #clock: Clock;

  constructor(storage: Storage, tokens: PageTokens, clock: Clock) {
    this.#storage = storage;
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /**
   * The current versions below the permit's path; by label, the versions that have it. Access to
   * a path is access to all below it.
   */
  async byPath(
    permit: Permit<"ssm:GetParametersByPath", PathResource>,
    isRecursive: boolean,
    filters: readonly ParameterFilter[],
    request: PageRequest,
  ): Promise<Page<ReadVersion>> {
    const { scope, path } = permit.resource.named;
    const span: Span = isRecursive
      ? { type: "startingWith", prefix: `${path}/` }
      : { type: "childrenOf", parent: path };
    const found = await this.#list("GetParametersByPath", scope, [span], filters, request);
    const labels = filters.find(({ key }) => key === "Label")?.values;
    const rows =
      labels === undefined ? found.items : await this.#labelled(scope, found.items, labels);
    return { ...found, items: rows.map((row) => new ReadVersion(permit, row, row.body.name)) };
  }

  /** What parameters there are, without their values. */
  async describe(
    permit: Permit<"ssm:DescribeParameters", ParametersResource>,
    filters: readonly ParameterFilter[],
    request: PageRequest,
  ): Promise<Page<Described>> {
    const { scope } = permit.resource;
    const found = await this.#list("DescribeParameters", scope, spansOf(filters), filters, request);
    return {
      ...found,
      items: found.items.map(({ body }) => ({
        arn: parameterArn(scope, pathOf(body.name)),
        record: body,
      })),
    };
  }

  async #list(
    kind: string,
    scope: Scope,
    spans: readonly Span[],
    filters: readonly ParameterFilter[],
    { limit, token }: PageRequest,
  ): Promise<Page<Row<ParameterRecord>>> {
    const list: List = { kind, binding: JSON.stringify([scope, spans, filters]) };
    const after = await positionOf(this.#tokens, list, token);
    const now = this.#clock.now();
    const isWanted = matcher(filters);
    const matches = (record: ParameterRecord) => !isExpired(record, now) && isWanted(record);
    const found = await listParameters(this.#storage, { scope, spans, matches, limit, after });
    return page(this.#tokens, list, found.rows, found.next);
  }

  /** Of each parameter the newest version with one of the labels: a page holds it once. */
  async #labelled(
    scope: Scope,
    rows: readonly Row<ParameterRecord>[],
    labels: readonly string[],
  ): Promise<readonly Row<VersionRecord>[]> {
    const keys = rows.map(({ body }) => {
      const versions = labels.map((label) => versionWith(body.labels, label) ?? 0);
      return versionKey(scope, pathOf(body.name), Math.max(...versions));
    });
    const versions = await this.#storage.getMany(versionTable, keys);
    return versions.filter(
      (version, at) => version?.body.id === rows[at]?.body.id,
    ) as Row<VersionRecord>[];
  }
}
