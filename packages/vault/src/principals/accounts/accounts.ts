/**
 * The accounts of a vault: the first one, which the vault was made for, and those that it created
 * since, all in one organization that the first account manages.
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import type { Clock, Randomness } from "../../clock.ts";
import { type Soon, soon } from "../../soon.ts";
import {
  Conflict,
  Missing,
  type Row,
  retryOnConflict,
  type Storage,
} from "../../storage/storage.ts";
import { matchingRows, type Page, type PageRequest } from "../page.ts";
import {
  creationOf,
  foundingOf,
  managementEmail,
  newOrganization,
  randomAccountId,
  randomWord,
} from "./account-creation.ts";
import {
  accountNotFound,
  alreadyInOrganization,
  creationNotFound,
  notInOrganization,
  onlyForManagementAccount,
  tooManyCreations,
} from "./account-errors.ts";
import {
  type Account,
  type AccountCreation,
  accountKey,
  accountsPrefix,
  accountsTable,
  createdAtOf,
  creationKey,
  creationsPrefix,
  creationsTable,
  emailKey,
  emailsTable,
} from "./account-records.ts";
import { type FirstAccount, firstAccountRow, type Organization } from "./first-account.ts";

const accountsMax = 1000;
/** Requests that are remembered, failed ones too. */
const creationsMax = 10_000;

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly roleName: string;
}

/** An account as a request names it, whether or not there is one. */
export interface AccountResource extends Resource {
  readonly id: string;
}

type Asking<Action extends string> = Permit<`organizations:${Action}`, Resource>;

export class Accounts {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(storage: Storage, clock: Clock, randomness: Randomness) {
    this.#storage = storage;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /** o-…, or undefined while there is no organization. On every request's path: one cached read. */
  organizationId(): Soon<string | undefined> {
    return soon(firstAccountRow(this.#storage), (row) => row?.body.organization?.id);
  }

  /** Milliseconds since the epoch, for the account's own root; undefined where nobody noted it. */
  createdAt(accountId: string): Promise<number | undefined> {
    return createdAtOf(this.#storage, accountId);
  }

  /** The one organization, which each of its accounts may know. */
  async organization(_permit: Asking<"DescribeOrganization">): Promise<Organization> {
    const { organization } = (await this.#first()).body;
    if (organization === undefined) throw notInOrganization();
    return organization;
  }

  createOrganization(permit: Asking<"CreateOrganization">): Promise<Organization> {
    return retryOnConflict(async () => {
      const first = await this.#first();
      const { organization, accountId } = first.body;
      if (organization !== undefined) throw alreadyInOrganization();
      if (permit.resource.accountId !== accountId) throw onlyForManagementAccount();
      const founded = newOrganization(accountId, this.#randomness);
      await this.#storage.commit(foundingOf(first, founded, this.#clock.now()));
      return founded;
    });
  }

  /**
   * Creates an account, and an organization if there is none yet. An address that is taken makes
   * the request fail as AWS has it: with a status, not with an error.
   */
  createAccount(permit: Asking<"CreateAccount">, wanted: NewAccount): Promise<AccountCreation> {
    return retryOnConflict(async () => {
      const first = await this.#first();
      const { accountId: managementId, organization } = first.body;
      if (permit.resource.accountId !== managementId) throw onlyForManagementAccount();
      if ((await this.#storage.count(creationsTable, creationsPrefix)) >= creationsMax) {
        throw tooManyCreations();
      }
      const { name, email, roleName } = wanted;
      const failureReason = await this.#obstacle(email);
      const id = failureReason === undefined ? randomAccountId(this.#randomness) : undefined;
      // A number that is the first account's is as taken as another member's.
      if (id === managementId) throw new Conflict("the account's id");
      const now = this.#clock.now();
      const creation: AccountCreation = {
        id: `car-${randomWord(32, this.#randomness)}`,
        accountName: name,
        state: failureReason === undefined ? "SUCCEEDED" : "FAILED",
        requestedAt: now,
        accountId: id,
        failureReason,
      };
      const account = id && { id, name, email, joinedMethod: "CREATED" as const, joinedAt: now };
      await this.#storage.commit([
        ...(organization === undefined
          ? foundingOf(first, newOrganization(managementId, this.#randomness), now)
          : []),
        ...(account ? creationOf(account, roleName, managementId, this.#randomness) : []),
        { type: "put", table: creationsTable, key: creationKey(creation.id), body: creation },
      ]);
      return creation;
    });
  }

  async creation(
    permit: Asking<"DescribeCreateAccountStatus">,
    id: string,
  ): Promise<AccountCreation> {
    await this.#managedBy(permit.resource.accountId);
    const row = await this.#storage.get(creationsTable, creationKey(id));
    if (row === undefined) throw creationNotFound();
    return row.body;
  }

  async listCreations(
    permit: Asking<"ListCreateAccountStatus">,
    states: readonly string[] | undefined,
    request: PageRequest,
  ): Promise<Page<AccountCreation>> {
    await this.#managedBy(permit.resource.accountId);
    return matchingRows(
      this.#storage,
      creationsTable,
      creationsPrefix.slice(0, -1),
      request,
      ({ state }) => states === undefined || states.includes(state),
    );
  }

  async list(permit: Asking<"ListAccounts">, request: PageRequest): Promise<Page<Account>> {
    await this.#managedBy(permit.resource.accountId);
    const area = accountsPrefix.slice(0, -1);
    return matchingRows(this.#storage, accountsTable, area, request, () => true);
  }

  /** How authorisation knows an account: AWS puts the organization's id into its ARN. */
  async locate(callerAccountId: string, id: string): Promise<AccountResource> {
    const { accountId, organization } = (await this.#first()).body;
    const organizationId = organization?.id ?? "*";
    const arn = `arn:aws:organizations::${accountId}:account/${organizationId}/${id}`;
    return { arn, accountId: callerAccountId, tags: {}, id };
  }

  async account(
    permit: Permit<"organizations:DescribeAccount", AccountResource>,
  ): Promise<Account> {
    await this.#managedBy(permit.resource.accountId);
    const row = await this.#storage.get(accountsTable, accountKey(permit.resource.id));
    if (row === undefined) throw accountNotFound();
    return row.body;
  }

  /** Whether the account is in the organization. */
  async isMember(permit: Asking<"ListParents">, id: string): Promise<boolean> {
    await this.#managedBy(permit.resource.accountId);
    return (await this.#storage.get(accountsTable, accountKey(id))) !== undefined;
  }

  /** The organization, for whom its management account asks. */
  async managed(
    permit: Asking<"DescribeAccount" | "ListAccounts" | "ListRoots" | "ListParents">,
  ): Promise<Organization> {
    return this.#managedBy(permit.resource.accountId);
  }

  async #managedBy(accountId: string): Promise<Organization> {
    const { organization } = (await this.#first()).body;
    if (organization === undefined) throw notInOrganization();
    if (organization.managementAccountId !== accountId) throw onlyForManagementAccount();
    return organization;
  }

  async #obstacle(email: string): Promise<AccountCreation["failureReason"]> {
    const isTaken = (await this.#storage.get(emailsTable, emailKey(email))) !== undefined;
    if (isTaken || email.toLowerCase() === managementEmail) return "EMAIL_ALREADY_EXISTS";
    const count = await this.#storage.count(accountsTable, accountsPrefix);
    return count >= accountsMax ? "ACCOUNT_LIMIT_EXCEEDED" : undefined;
  }

  async #first(): Promise<Row<FirstAccount>> {
    const row = await firstAccountRow(this.#storage);
    if (row === undefined) throw new Missing("the first account");
    return row;
  }
}
