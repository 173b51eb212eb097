/**
 * Grants: permissions to use one key, given to one principal, beside the key's policy. They count
 * at once and everywhere, so a grant token adds nothing but proof that it is one.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Principal } from "../../authorization/types.ts";
import type { Randomness } from "../../clock.ts";
import type { Scope } from "../../scope.ts";
import type { Storage } from "../../storage/storage.ts";
import type { KeyChanges } from "../key-changes.ts";
import { grantNotFound, invalidGrantToken, limitExceeded } from "../key-errors.ts";
import { type KeyRecord, versionsPrefix } from "../key-record.ts";
import type { KeyResource, KeysResource } from "../key-resource.ts";
import type { Markers } from "../markers.ts";
import type { Page } from "../page.ts";
import { collectGrants, grantsPerRead } from "./grant-pages.ts";
import {
  accountName,
  allows,
  type GrantQuestion,
  grantedResource,
  personalNames,
  retirableResource,
} from "./grant-policies.ts";
import {
  type GrantPrincipal,
  type GrantRecord,
  type GrantResource,
  granteeIndex,
  granteePosition,
  grantRow,
  grantTable,
  nameOf,
  putGrant,
  retiringIndex,
  retiringPosition,
} from "./grant-record.ts";
import type { GrantTokens } from "./grant-tokens.ts";

export type NewGrant = Pick<
  GrantRecord,
  "name" | "issuingAccountId" | "grantee" | "retiring" | "operations" | "constraints"
>;

export interface GrantFilter {
  readonly grantId?: string | undefined;
  readonly granteeArn?: string | undefined;
}

/** AWS's quota. https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html */
const grantsPerKeyMax = 50_000;

export class Grants {
  readonly #storage: Storage;
  readonly #changes: KeyChanges;
  readonly #markers: Markers;
  readonly #randomness: Randomness;
  readonly tokens: GrantTokens;

  constructor(
    storage: Storage,
    changes: KeyChanges,
    markers: Markers,
    tokens: GrantTokens,
    randomness: Randomness,
  ) {
    this.#storage = storage;
    this.#changes = changes;
    this.#markers = markers;
    this.tokens = tokens;
    this.#randomness = randomness;
  }

  /** A grant with a name is made once: asked for again in the same words, it is the same. */
  async create(
    { resource }: Permit<"kms:CreateGrant", KeyResource>,
    grant: NewGrant,
  ): Promise<GrantRecord> {
    let made: GrantRecord | undefined;
    await this.#changes.apply(resource.record, "CreateGrant", async (key, now) => {
      made = await this.#sameAs(key, grant);
      if (made !== undefined) return { record: key };
      if ((await this.#storage.count(grantTable, versionsPrefix(key))) >= grantsPerKeyMax) {
        throw limitExceeded(`${key.arn} has reached its limit of ${grantsPerKeyMax} grants`);
      }
      const { keyId, arn: keyArn, accountId, region } = key;
      const grantId = this.#randomness.bytes(32).toString("hex");
      made = { ...grant, grantId, keyId, keyArn, accountId, region, createdAt: now };
      return { record: { ...key, hasGrants: true }, also: [putGrant(made)] };
    });
    return made as GrantRecord;
  }

  /** The grants of a key, by id. */
  list(
    { resource: { record } }: Permit<"kms:ListGrants", KeyResource>,
    filter: GrantFilter,
    limit: number,
    marker: string | undefined,
  ): Promise<Page<GrantRecord>> {
    const prefix = versionsPrefix(record);
    return this.#markers.page(`grants ${JSON.stringify([prefix, filter])}`, marker, (after) =>
      collectGrants(
        limit,
        after,
        (from) => this.#storage.list(grantTable, { prefix, after: from, limit: grantsPerRead }),
        ({ body }) => isWanted(body, filter),
      ),
    );
  }

  /** The grants of any key that a principal of the caller's account may retire. */
  listRetirable(
    { resource: { scope } }: Permit<"kms:ListRetirableGrants", KeysResource>,
    retiring: GrantPrincipal,
    limit: number,
    marker: string | undefined,
  ): Promise<Page<GrantRecord>> {
    const prefix = retiringPosition(scope.region, retiring);
    const list = `retirable grants ${JSON.stringify([scope.accountId, prefix])}`;
    return this.#markers.page(list, marker, async (after) => {
      const range = { prefix, after, limit: limit + 1 };
      const rows = await this.#storage.listByIndex(grantTable, retiringIndex, range);
      const items = rows.slice(0, limit);
      const next = rows.length > limit ? items.at(-1)?.position : undefined;
      return { items: items.map(({ body }) => body), next };
    });
  }

  /** What RetireGrant is asked on, as `principal` sees it; NotFoundException where it is gone. */
  async locate(key: KeyResource, grantId: string, principal: Principal): Promise<GrantResource> {
    const row = await this.#storage.get(grantTable, grantRow(key.record, grantId));
    if (row === undefined) throw grantNotFound(grantId);
    return retirableResource(row.body, key.tags, principal);
  }

  async retire({ resource }: Permit<"kms:RetireGrant", GrantResource>): Promise<void> {
    await this.#delete(resource.grant, resource.grant.grantId);
  }

  async revoke(
    { resource }: Permit<"kms:RevokeGrant", KeyResource>,
    grantId: string,
  ): Promise<void> {
    await this.#delete(resource.record, grantId);
  }

  /** Throws NotFoundException where the key has no such grant. */
  async require(key: KeyRecord, grantId: string): Promise<void> {
    const row = await this.#storage.get(grantTable, grantRow(key, grantId));
    if (row === undefined) throw grantNotFound(grantId);
  }

  /** Throws InvalidGrantTokenException unless each was given out for a grant. */
  async requireTokens(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) {
      if ((await this.tokens.open(token)) === undefined) throw invalidGrantToken();
    }
  }

  /** The key as a grant opens it to the caller; undefined where none does. */
  async resourceFor(
    key: KeyResource,
    principal: Principal,
    action: string,
    asked: GrantQuestion,
  ): Promise<KeyResource | undefined> {
    const names = [...personalNames(principal), accountName(principal.accountId)];
    for (const name of new Set(names)) {
      const prefix = granteePosition(key.record, name);
      const { items } = await collectGrants(
        1,
        undefined,
        (after) =>
          this.#storage.listByIndex(grantTable, granteeIndex, {
            prefix,
            after,
            limit: grantsPerRead,
          }),
        ({ body }) => allows(body, asked),
      );
      const [grant] = items;
      if (grant !== undefined) return grantedResource(key, grant, principal, action);
    }
    return undefined;
  }

  async #sameAs(key: KeyRecord, grant: NewGrant): Promise<GrantRecord | undefined> {
    if (grant.name === undefined) return undefined;
    const prefix = granteePosition(key, nameOf(grant.grantee));
    const wanted = JSON.stringify(parameters(grant));
    const { items } = await collectGrants(
      1,
      undefined,
      (after) =>
        this.#storage.listByIndex(grantTable, granteeIndex, {
          prefix,
          after,
          limit: grantsPerRead,
        }),
      ({ body }) => JSON.stringify(parameters(body)) === wanted,
    );
    return items[0];
  }

  async #delete(key: Scope & { readonly keyId: string }, grantId: string): Promise<void> {
    const row = await this.#storage.get(grantTable, grantRow(key, grantId));
    if (row === undefined) throw grantNotFound(grantId);
    await this.#storage.commit([{ type: "delete", table: grantTable, key: row.key }]);
  }
}

function isWanted(grant: GrantRecord, { grantId, granteeArn }: GrantFilter): boolean {
  return (
    (grantId === undefined || grant.grantId === grantId) &&
    (granteeArn === undefined || [grant.grantee.arn, nameOf(grant.grantee)].includes(granteeArn))
  );
}

/** What makes two grants the same. */
function parameters(grant: NewGrant): readonly unknown[] {
  const pairs = (context: Readonly<Record<string, string>> | undefined) =>
    context && Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    grant.name,
    grant.issuingAccountId,
    nameOf(grant.grantee),
    grant.retiring && nameOf(grant.retiring),
    [...grant.operations].sort(),
    pairs(grant.constraints.EncryptionContextSubset),
    pairs(grant.constraints.EncryptionContextEquals),
  ];
}
