/**
 * OpenID Connect providers: which issuers of web identity tokens an account trusts, and for which
 * audiences. A provider is its URL, so its ARN is all of its name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import type { Clock } from "../../clock.ts";
import { Conflict, type Row, retryOnConflict, type Storage, table } from "../../storage/storage.ts";
import {
  providerCannotBeFound,
  providerExists,
  providerNotFound,
  quotaExceeded,
} from "../errors.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import { tagValues } from "../policies/compiled-policies.ts";
import type { Tag } from "../records.ts";
import { addedTags, removedTags } from "../tagging.ts";
import { issuerOf, oidcProviderArn, parseOidcProviderArn, urlWithoutScheme } from "./oidc-url.ts";

export interface OidcProvider {
  readonly accountId: string;
  /** Without "https://", as IAM shows it: `token.actions.githubusercontent.com`. */
  readonly url: string;
  /** The audiences whose tokens are taken, in the order of their arrival. */
  readonly clientIds: readonly string[];
  /**
   * SHA-1 of a certificate in the issuer's chain, in lower case: trusted where no public
   * authority vouches for the issuer.
   */
  readonly thumbprints: readonly string[];
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

/** A provider as a request names it. Whether it exists is told only to who may know. */
export interface OidcProviderResource extends Resource {
  readonly url: string;
  readonly row: Row<OidcProvider> | undefined;
}

export interface NewOidcProvider {
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: readonly Tag[];
}

export const oidcProvidersTable = table<OidcProvider>("oidc_providers");

const providersPerAccount = 100;
const clientIdsMax = 100;

export class OidcProviders {
  readonly #storage: Storage;
  readonly #clock: Clock;

  constructor(storage: Storage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** The account's provider for the `iss` of a token, compared to the letter; or undefined. */
  async byIssuer(accountId: string, issuer: string): Promise<OidcProvider | undefined> {
    const row = await this.#storage.get(oidcProvidersTable, rowKey(accountId, issuerOf(issuer)));
    return row?.body;
  }

  /** The provider of this ARN, whether or not there is one. */
  async locate(arn: string): Promise<OidcProviderResource> {
    const { accountId, url } = parseOidcProviderArn(arn);
    const row = await this.#storage.get(oidcProvidersTable, rowKey(accountId, url));
    return { arn, accountId, tags: row === undefined ? {} : tagValues(row.body), url, row };
  }

  /** The provider that `create` will make. Throws IAM's error for a URL that can't be one's. */
  planned(accountId: string, url: string): OidcProviderResource {
    const bare = urlWithoutScheme(url);
    const arn = oidcProviderArn(accountId, bare);
    return { arn, accountId, tags: {}, url: bare, row: undefined };
  }

  /** Where `list` looks. */
  all(accountId: string): Resource {
    return { arn: oidcProviderArn(accountId, "*"), accountId, tags: {} };
  }

  async create(
    permit: Permit<"iam:CreateOpenIDConnectProvider", OidcProviderResource>,
    { clientIds, thumbprints, tags }: NewOidcProvider,
  ): Promise<OidcProvider> {
    const { accountId, url } = permit.resource;
    const provider: OidcProvider = {
      accountId,
      url,
      clientIds: checkedClientIds([...new Set(clientIds)]),
      thumbprints: lowerCase(thumbprints),
      createdAt: this.#clock.now(),
      tags,
    };
    const key = rowKey(accountId, url);
    const taken = providerExists(`https://${url}`);
    if ((await this.#storage.get(oidcProvidersTable, key)) !== undefined) throw taken;
    if ((await this.#storage.count(oidcProvidersTable, `${accountId}/`)) >= providersPerAccount) {
      throw quotaExceeded("OpenIdConnectProvidersPerAccount", providersPerAccount);
    }
    try {
      await this.#storage.commit([
        { type: "put", table: oidcProvidersTable, key, body: provider, expect: "absent" },
      ]);
    } catch (error) {
      throw error instanceof Conflict ? taken : error;
    }
    return provider;
  }

  async get(
    permit: Permit<"iam:GetOpenIDConnectProvider", OidcProviderResource>,
  ): Promise<OidcProvider> {
    return (await this.#row(permit.resource)).body;
  }

  /** All of the account, in the order of their URLs: a quota bounds them, and AWS pages nothing. */
  async list(
    permit: Permit<"iam:ListOpenIDConnectProviders", Resource>,
  ): Promise<readonly OidcProvider[]> {
    const prefix = `${permit.resource.accountId}/`;
    const rows = await this.#storage.list(oidcProvidersTable, {
      prefix,
      limit: providersPerAccount,
    });
    return rows.map(({ body }) => body);
  }

  async delete(
    permit: Permit<"iam:DeleteOpenIDConnectProvider", OidcProviderResource>,
  ): Promise<void> {
    await retryOnConflict(async () => {
      const located = permit.resource;
      const { key, revision: expect } = await this.#row(located, providerCannotBeFound);
      await this.#storage.commit([{ type: "delete", table: oidcProvidersTable, key, expect }]);
    });
  }

  /** Nothing happens if the provider has it already. */
  addClientId(
    permit: Permit<"iam:AddClientIDToOpenIDConnectProvider", OidcProviderResource>,
    clientId: string,
  ): Promise<void> {
    return this.#update(permit.resource, (provider) => {
      const clientIds = checkedClientIds([...new Set([...provider.clientIds, clientId])]);
      return { ...provider, clientIds };
    });
  }

  /** Nothing happens if the provider doesn't have it. */
  removeClientId(
    permit: Permit<"iam:RemoveClientIDFromOpenIDConnectProvider", OidcProviderResource>,
    clientId: string,
  ): Promise<void> {
    return this.#update(permit.resource, (provider) => ({
      ...provider,
      clientIds: provider.clientIds.filter((known) => known !== clientId),
    }));
  }

  updateThumbprints(
    permit: Permit<"iam:UpdateOpenIDConnectProviderThumbprint", OidcProviderResource>,
    thumbprints: readonly string[],
  ): Promise<void> {
    return this.#update(permit.resource, (provider) => ({
      ...provider,
      thumbprints: lowerCase(thumbprints),
    }));
  }

  tag(
    permit: Permit<"iam:TagOpenIDConnectProvider", OidcProviderResource>,
    tags: readonly Tag[],
  ): Promise<void> {
    return this.#retag(permit.resource, (known) => addedTags(known, tags));
  }

  untag(
    permit: Permit<"iam:UntagOpenIDConnectProvider", OidcProviderResource>,
    keys: readonly string[],
  ): Promise<void> {
    return this.#retag(permit.resource, (known) => removedTags(known, keys));
  }

  async listTags(
    permit: Permit<"iam:ListOpenIDConnectProviderTags", OidcProviderResource>,
    request: PageRequest,
  ): Promise<Page<Tag>> {
    const { body } = await this.#row(permit.resource, providerCannotBeFound);
    return pageOf(body.tags, request, ({ key }) => key);
  }

  #retag(
    resource: OidcProviderResource,
    change: (tags: readonly Tag[]) => readonly Tag[],
  ): Promise<void> {
    const update = (provider: OidcProvider) => ({ ...provider, tags: change(provider.tags) });
    return this.#update(resource, update, providerCannotBeFound);
  }

  #update(
    resource: OidcProviderResource,
    change: (provider: OidcProvider) => OidcProvider,
    notFound = providerNotFound,
  ): Promise<void> {
    return retryOnConflict(async () => {
      const { key, revision: expect, body } = await this.#row(resource, notFound);
      const changed = change(body);
      await this.#storage.commit([
        { type: "put", table: oidcProvidersTable, key, body: changed, expect },
      ]);
    });
  }

  /** The row as it is now, of the very provider that was located. */
  async #row(
    { accountId, arn, url, row }: OidcProviderResource,
    notFound = providerNotFound,
  ): Promise<Row<OidcProvider>> {
    const found = await this.#storage.get(oidcProvidersTable, rowKey(accountId, url));
    if (found === undefined || found.body.createdAt !== row?.body.createdAt) {
      throw notFound(arn);
    }
    return found;
  }
}

/** Unlike names, URLs have paths in which case matters. */
function rowKey(accountId: string, url: string): string {
  return `${accountId}/${url}`;
}

function checkedClientIds(clientIds: readonly string[]): readonly string[] {
  if (clientIds.length > clientIdsMax) {
    throw quotaExceeded("ClientIdsPerOpenIdConnectProvider", clientIdsMax);
  }
  return clientIds;
}

function lowerCase(thumbprints: readonly string[]): readonly string[] {
  return thumbprints.map((thumbprint) => thumbprint.toLowerCase());
}
