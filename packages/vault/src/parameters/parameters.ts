/**
 * Parameter Store: parameters by hierarchical name, each with up to 100 versions. What is read or
 * changed needs the permit for it; what isn't there says so only to who was allowed to ask.
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { KeyResource, Keys } from "../keys/keys.ts";
import { PageTokens } from "../keys/page-tokens.ts";
import type { SealedKeys } from "../keys/ring/sealed-keys.ts";
import { type NoticeSink, unheard } from "../notices.ts";
import type { Scope } from "../scope.ts";
import { type Soon, soon } from "../soon.ts";
import type { Storage } from "../storage/storage.ts";
import { Annotations, type Labelled, type Unlabelled } from "./annotations.ts";
import { awsLimits, type ParameterLimits } from "./counts.ts";
import type { ParameterChange } from "./draft.ts";
import { invalidResourceId, parameterNotFound } from "./errors.ts";
import type { ParameterFilter } from "./filters.ts";
import { type Described, ParameterLists } from "./lists.ts";
import {
  everythingArn,
  type Named,
  readName,
  readNewName,
  readPath,
  readReference,
  reservation,
} from "./name.ts";
import type { Page, PageRequest } from "./pages.ts";
import { type GrantSeal, ParameterWriter, type Written } from "./parameter-writer.ts";
import { isExpired, statusOf } from "./policies.ts";
import { PolicyEnforcement } from "./policy-enforcement.ts";
import type { ReadVersion } from "./read-version.ts";
import { ParameterReader } from "./reader.ts";
import {
  type ParameterResource,
  type ParametersResource,
  type PathResource,
  parameterKey,
  parameterTable,
  type VersionRecord,
} from "./records.ts";
import { ServiceSettings } from "./service-settings.ts";
import { type Tag, type Tags, withoutTags, withTags } from "./tags.ts";
import { ParameterValues } from "./values.ts";

export type { ParameterChange } from "./draft.ts";
export { defaultKeyAlias } from "./draft.ts";
export { checkByPathFilters, checkDescribeFilters, type ParameterFilter } from "./filters.ts";
export type { ReadVersion } from "./read-version.ts";
export type { ParameterResource, VersionRecord } from "./records.ts";

interface Options {
  readonly limits: ParameterLimits;
  /** Where notices by policies go. */
  readonly notices: NoticeSink;
}

/** A policy with what has become of it, in AWS's word. */
interface PolicyState {
  readonly text: string;
  readonly type: string;
  readonly status: string;
}

export class Parameters {
  /** The account's settings for Parameter Store in a region. */
  readonly settings: ServiceSettings;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #values: ParameterValues;
  readonly #writer: ParameterWriter;
  readonly #reader: ParameterReader;
  readonly #lists: ParameterLists;
  readonly #annotations: Annotations;
  readonly #enforcement: PolicyEnforcement;

  constructor(
    storage: Storage,
    keys: Keys,
    sealedKeys: SealedKeys,
    clock: Clock,
    randomness: Randomness,
    { limits = awsLimits, notices = unheard }: Partial<Options> = {},
  ) {
    const tokens = new PageTokens(sealedKeys);
    const values = new ParameterValues(keys, sealedKeys);
    const settings = new ServiceSettings(storage, clock);
    const enforcement = new PolicyEnforcement(storage, clock, notices);
    this.settings = settings;
    this.#storage = storage;
    this.#clock = clock;
    this.#values = values;
    this.#enforcement = enforcement;
    this.#reader = new ParameterReader(storage, tokens);
    this.#lists = new ParameterLists(storage, tokens, clock);
    this.#annotations = new Annotations(storage, clock);
    const parts = { storage, values, settings, enforcement, limits, clock, randomness };
    this.#writer = new ParameterWriter(parts);
  }

  /** What a read names: a name or ARN, perhaps with ":VERSION" or ":LABEL". */
  locate(scope: Scope, reference: string): Soon<ParameterResource> {
    return this.#locate(scope, readReference(scope, reference));
  }

  /** What PutParameter names: there already, or about to be. */
  locateForPut(scope: Scope, name: string): Soon<ParameterResource> {
    return this.#locate(scope, readNewName(scope, name));
  }

  /** What a change of something that is there names: by its name alone. */
  locateByName(scope: Scope, name: string): Soon<ParameterResource> {
    return this.#locate(scope, readName(scope, name));
  }

  /** What is tagged: a name or ARN; AWS has one refusal for whatever is none. */
  locateTagged(scope: Scope, resourceId: string): Soon<ParameterResource> {
    const named = readReference(scope, resourceId);
    const isVersion = named.problem !== undefined || named.selector !== undefined;
    return this.#locate(scope, { ...named, problem: isVersion ? invalidResourceId() : undefined });
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

  /** ParameterNotFound or ParameterVersionNotFound where there is none. */
  read(
    permit: Permit<"ssm:GetParameter" | "ssm:GetParameters", ParameterResource>,
  ): Soon<ReadVersion> {
    lawful(permit.resource);
    return this.#reader.read(permit);
  }

  async history(
    permit: Permit<"ssm:GetParameterHistory", ParameterResource>,
    request: PageRequest,
  ): Promise<Page<ReadVersion>> {
    const { name } = lawful(permit.resource).named;
    const problem = reservation(name);
    if (problem !== undefined) throw problem;
    return this.#reader.history(permit, request);
  }

  async byPath(
    permit: Permit<"ssm:GetParametersByPath", PathResource>,
    isRecursive: boolean,
    filters: readonly ParameterFilter[],
    request: PageRequest,
  ): Promise<Page<ReadVersion>> {
    lawful(permit.resource);
    return this.#lists.byPath(permit, isRecursive, filters, request);
  }

  describe(
    permit: Permit<"ssm:DescribeParameters", ParametersResource>,
    filters: readonly ParameterFilter[],
    request: PageRequest,
  ): Promise<Page<Described>> {
    return this.#lists.describe(permit, filters, request);
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

  /** Attaches labels to a version, the current one where none is named; they move there. */
  async label(
    permit: Permit<"ssm:LabelParameterVersion", ParameterResource>,
    version: number | undefined,
    labels: readonly string[],
  ): Promise<Labelled> {
    return this.#annotations.label(lawful(permit.resource), version, labels);
  }

  async unlabel(
    permit: Permit<"ssm:UnlabelParameterVersion", ParameterResource>,
    version: number,
    labels: readonly string[],
  ): Promise<Unlabelled> {
    return this.#annotations.unlabel(lawful(permit.resource), version, labels);
  }

  async addTags(
    permit: Permit<"ssm:AddTagsToResource", ParameterResource>,
    tags: readonly Tag[],
  ): Promise<void> {
    await this.#annotations.tag(lawful(permit.resource), (there) => withTags(there, tags));
  }

  async removeTags(
    permit: Permit<"ssm:RemoveTagsFromResource", ParameterResource>,
    keys: readonly string[],
  ): Promise<void> {
    await this.#annotations.tag(lawful(permit.resource), (there) => withoutTags(there, keys));
  }

  tags(permit: Permit<"ssm:ListTagsForResource", ParameterResource>): Tags {
    const { row } = lawful(permit.resource);
    if (row === undefined) throw invalidResourceId();
    return row.body.tags;
  }

  /** The policies of a version as they stand now. */
  policiesOf(record: VersionRecord): readonly PolicyState[] {
    const now = this.#clock.now();
    return (record.policies ?? []).map((policy) => ({
      text: policy.text,
      type: policy.type,
      status: statusOf(policy, record, now),
    }));
  }

  /** The value of a String or StringList; a SecureString's as ciphertext, in base64 as on AWS. */
  async value(read: ReadVersion): Promise<string> {
    return read.record.type === "SecureString"
      ? Buffer.from(await this.#values.ciphertext(read, read.sealed)).toString("base64")
      : this.#values.openPlain(read, read.sealed);
  }

  /** The value of a SecureString. */
  decryptedValue(read: ReadVersion, permit: Permit<"kms:Decrypt", KeyResource>): Soon<string> {
    return this.#values.openSecure(permit, read, read.sealed);
  }

  /** For the schedule: gives the notices that are due and removes what is gone already. */
  enforcePolicies(): Promise<void> {
    return this.#enforcement.run();
  }

  #locate(scope: Scope, named: Named): Soon<ParameterResource> {
    // Another region's parameters are elsewhere, even if its ARN is named here.
    const isHere = named.problem === undefined && named.scope.region === scope.region;
    const key = parameterKey(named.scope, named.path);
    return soon(isHere ? this.#storage.get(parameterTable, key) : undefined, (found) => {
      const row = found && isExpired(found.body, this.#clock.now()) ? undefined : found;
      const { accountId } = named.scope;
      return { arn: named.arn, accountId, tags: row?.body.tags ?? {}, named, row };
    });
  }
}

/** Says what is wrong with a name, now that its caller is authorised to hear it. */
export function lawful<Located extends { readonly named: Named }>(located: Located): Located {
  if (located.named.problem !== undefined) throw located.named.problem;
  return located;
}
