/**
 * Parameter Store: parameters by hierarchical name, each with up to 100 versions. What is read or
 * changed needs the permit for it; what isn't there says so only to who was allowed to ask.
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { KeyResource, Keys } from "../keys/keys.ts";
import { PageTokens } from "../keys/page-tokens.ts";
import type { SealedKeys } from "../keys/sealed-keys.ts";
import type { Scope } from "../scope.ts";
import type { Row, Storage } from "../storage/storage.ts";
import type { ParameterChange } from "./draft.ts";
import { labelNotFound, parameterNotFound, versionNotFound } from "./errors.ts";
import { matcher, type ParameterFilter, type Span, spansOf } from "./filters.ts";
import { listParameters } from "./listing.ts";
import {
  everythingArn,
  type Named,
  parameterArn,
  pathOf,
  readName,
  readNewName,
  readPath,
  readReference,
} from "./name.ts";
import { type List, type Page, type PageRequest, page, positionOf } from "./pages.ts";
import { type GrantSeal, ParameterWriter, type Written } from "./parameter-writer.ts";
import { ReadVersion } from "./read-version.ts";
import {
  type ParameterRecord,
  type ParameterResource,
  type ParametersResource,
  type PathResource,
  parameterKey,
  parameterTable,
  versionKey,
  versionKeyPrefix,
  versionTable,
} from "./records.ts";
import { ParameterValues } from "./values.ts";

export type { ParameterChange } from "./draft.ts";
export { defaultKeyAlias } from "./draft.ts";
export { checkByPathFilters, checkDescribeFilters, type ParameterFilter } from "./filters.ts";
export type { ReadVersion } from "./read-version.ts";
export type { VersionRecord } from "./records.ts";

/** A parameter as lists show it. */
interface Described {
  readonly arn: string;
  readonly record: ParameterRecord;
}

export class Parameters {
  readonly #storage: Storage;
  readonly #values: ParameterValues;
  readonly #writer: ParameterWriter;
  readonly #tokens: PageTokens;

  constructor(
    storage: Storage,
    keys: Keys,
    sealedKeys: SealedKeys,
    clock: Clock,
    randomness: Randomness,
  ) {
    this.#storage = storage;
    this.#values = new ParameterValues(keys, sealedKeys);
    this.#writer = new ParameterWriter(storage, this.#values, clock, randomness);
    this.#tokens = new PageTokens(sealedKeys);
  }

  /** What a read names: a name or ARN, perhaps with ":VERSION" or ":LABEL". */
  locate(scope: Scope, reference: string): Promise<ParameterResource> {
    return this.#locate(scope, readReference(scope, reference));
  }

  /** What PutParameter names: there already, or about to be. */
  locateForPut(scope: Scope, name: string): Promise<ParameterResource> {
    return this.#locate(scope, readNewName(scope, name));
  }

  locateForDelete(scope: Scope, name: string): Promise<ParameterResource> {
    return this.#locate(scope, readName(scope, name));
  }

  /** Where GetParametersByPath looks. */
  path(scope: Scope, path: string): PathResource {
    const named = readPath(scope, path);
    return { arn: named.arn, accountId: scope.accountId, tags: {}, named };
  }

  /** What DescribeParameters is asked on. */
  all(scope: Scope): ParametersResource {
    return { arn: everythingArn(scope), accountId: scope.accountId, tags: {}, scope };
  }

  /**
   * Makes the parameter or its next version. `grantSeal` is asked for a SecureString's key when
   * everything else about the request is in order.
   */
  async put(
    permit: Permit<"ssm:PutParameter", ParameterResource>,
    change: ParameterChange,
    grantSeal: GrantSeal,
  ): Promise<Written> {
    return this.#writer.put(lawful(permit.resource), change, grantSeal);
  }

  /**
   * The version that the permit's resource names: the current one without a selector.
   * ParameterNotFound or ParameterVersionNotFound where there is none.
   */
  async read(
    permit: Permit<"ssm:GetParameter" | "ssm:GetParameters", ParameterResource>,
  ): Promise<ReadVersion> {
    const { row } = permit.resource;
    const { scope, name, path, selector } = lawful(permit.resource).named;
    if (row === undefined) throw parameterNotFound();
    if (selector === undefined) return new ReadVersion(permit, row, name);
    if (!/^[0-9]+$/.test(selector)) throw labelNotFound(selector, name);
    const version = await this.#storage.get(
      versionTable,
      versionKey(scope, path, Number(selector)),
    );
    if (version === undefined || version.body.id !== row.body.id) {
      throw versionNotFound(selector, name);
    }
    return new ReadVersion(permit, version, name);
  }

  /** The versions of a parameter, oldest first. */
  async history(
    permit: Permit<"ssm:GetParameterHistory", ParameterResource>,
    { limit, token }: PageRequest,
  ): Promise<Page<ReadVersion>> {
    const { row } = permit.resource;
    const named = lawful(permit.resource).named;
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
      versions.map((version) => new ReadVersion(permit, version, named.name)),
      found.length > limit ? versions.at(-1)?.key : undefined,
    );
  }

  /** The current versions below the permit's path. Access to a path is access to all below it. */
  async byPath(
    permit: Permit<"ssm:GetParametersByPath", PathResource>,
    isRecursive: boolean,
    filters: readonly ParameterFilter[],
    request: PageRequest,
  ): Promise<Page<ReadVersion>> {
    const { scope, path } = lawful(permit.resource).named;
    const span: Span = isRecursive
      ? { type: "startingWith", prefix: `${path}/` }
      : { type: "childrenOf", parent: path };
    const page = await this.#list("GetParametersByPath", scope, [span], filters, request);
    return {
      ...page,
      items: page.items.map((row) => new ReadVersion(permit, row, row.body.name)),
    };
  }

  /** What parameters there are, without their values. */
  async describe(
    permit: Permit<"ssm:DescribeParameters", ParametersResource>,
    filters: readonly ParameterFilter[],
    request: PageRequest,
  ): Promise<Page<Described>> {
    const { scope } = permit.resource;
    const page = await this.#list("DescribeParameters", scope, spansOf(filters), filters, request);
    return {
      ...page,
      items: page.items.map(({ body }) => ({
        arn: parameterArn(scope, pathOf(body.name)),
        record: body,
      })),
    };
  }

  /** Removes the parameter with all its versions; ParameterNotFound if there is none. */
  async delete(permit: Permit<"ssm:DeleteParameter", ParameterResource>): Promise<void> {
    const isDeleted = await this.#writer.delete(lawful(permit.resource));
    if (!isDeleted) throw parameterNotFound();
  }

  /** Removes those that are there and says which; none if one of the names can't be a name. */
  async deleteMany(
    permits: readonly Permit<"ssm:DeleteParameters", ParameterResource>[],
  ): Promise<readonly boolean[]> {
    const all = permits.map((permit) => lawful(permit.resource));
    return Promise.all(all.map((parameter) => this.#writer.delete(parameter)));
  }

  /** The value of a String or StringList; a SecureString's as ciphertext, in base64 as on AWS. */
  async value(read: ReadVersion): Promise<string> {
    return read.record.type === "SecureString"
      ? Buffer.from(await this.#values.ciphertext(read, read.sealed)).toString("base64")
      : this.#values.openPlain(read, read.sealed);
  }

  /** The value of a SecureString. */
  decryptedValue(read: ReadVersion, permit: Permit<"kms:Decrypt", KeyResource>): Promise<string> {
    return this.#values.openSecure(permit, read, read.sealed);
  }

  async #locate(scope: Scope, named: Named): Promise<ParameterResource> {
    // Another region's parameters are elsewhere, even if its ARN is named here.
    const isHere = named.problem === undefined && named.scope.region === scope.region;
    const key = parameterKey(named.scope, named.path);
    const row = isHere ? await this.#storage.get(parameterTable, key) : undefined;
    const { accountId } = named.scope;
    return { arn: named.arn, accountId, tags: row?.body.tags ?? {}, named, row };
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
    const matches = matcher(filters);
    const found = await listParameters(this.#storage, { scope, spans, matches, limit, after });
    return page(this.#tokens, list, found.rows, found.next);
  }
}

/** Says what is wrong with a name, now that its caller is authorised to hear it. */
function lawful<Located extends { readonly named: Named }>(located: Located): Located {
  if (located.named.problem !== undefined) throw located.named.problem;
  return located;
}
