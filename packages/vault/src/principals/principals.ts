/**
 * Who there is: users with their access keys, groups, roles, and the policies that say what they
 * may do. `credential` is on every request's path and costs one cached read; the caller behind it
 * costs one more, one for a user's groups, and one for the policies attached to all of them.
 */
import type { Permit } from "../authorization/authorize.ts";
import type { Principal, Resource } from "../authorization/types.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { RootKey } from "../encryption/root-keys/root-key.ts";
import { type Soon, soon } from "../soon.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { AccountAliases } from "./accounts/account-aliases.ts";
import { Accounts } from "./accounts/accounts.ts";
import { Callers } from "./callers.ts";
import { type Credential, HeldCredential } from "./credential.ts";
import { openSecret } from "./entities/access-keys.ts";
import { Groups } from "./entities/groups.ts";
import { InstanceProfiles } from "./entities/instance-profiles.ts";
import { Roles } from "./entities/roles.ts";
import { Users } from "./entities/users.ts";
import { OidcProviders } from "./identity-providers/oidc-providers.ts";
import { accountOfTemporaryKey } from "./ids.ts";
import { ManagedPolicies } from "./policies/managed-policies.ts";
import { NamedPrincipals } from "./policies/named-principals.ts";
import { PolicyHolders } from "./policies/policy-holders.ts";
import { type AccessKey, accessKeysTable } from "./records.ts";
import { AccessReports } from "./reports/access-reports.ts";
import { AccountReport } from "./reports/account-report.ts";
import { CredentialReports } from "./reports/credential-report.ts";
import type { OpenedSession } from "./sessions/opened-session.ts";
import { SessionPolicies } from "./sessions/session-policies.ts";

/** The first account's root, who may do everything in it. */
export interface RootCredential {
  readonly accountId: string;
  readonly accessKeyId: string;
  /** Read at each use; undefined while it is locked away, when nobody is the root. */
  readonly secretAccessKey: string | undefined;
}

export class Principals {
  readonly users: Users;
  readonly groups: Groups;
  readonly roles: Roles;
  readonly instanceProfiles: InstanceProfiles;
  readonly policies: ManagedPolicies;
  readonly named: NamedPrincipals;
  readonly oidcProviders: OidcProviders;
  readonly accountAliases: AccountAliases;
  readonly accountReport: AccountReport;
  readonly credentialReports: CredentialReports;
  readonly policyHolders: PolicyHolders;
  readonly accessReports: AccessReports;
  readonly accounts: Accounts;
  readonly callers: Callers;
  readonly sessionPolicies: SessionPolicies;
  readonly #storage: Storage;
  readonly #rootKey: RootKey;
  readonly #root: RootCredential;
  #rootCredential: Credential | undefined;
  /** One credential for each access key as it stands, so that caches can hang on it. */
  readonly #credentials = new WeakMap<AccessKey, Credential>();

  constructor(
    storage: Storage,
    rootKey: RootKey,
    clock: Clock,
    randomness: Randomness,
    root: RootCredential,
  ) {
    this.users = new Users(storage, rootKey, clock, randomness);
    this.groups = new Groups(storage, clock, randomness);
    this.roles = new Roles(storage, clock, randomness);
    this.instanceProfiles = new InstanceProfiles(storage, clock, randomness);
    this.policies = new ManagedPolicies(storage, clock, randomness);
    this.named = new NamedPrincipals(storage);
    this.oidcProviders = new OidcProviders(storage, clock);
    this.accountAliases = new AccountAliases(storage);
    this.accountReport = new AccountReport(storage, this.named, root.accountId);
    this.credentialReports = new CredentialReports(storage, clock, {
      accountId: root.accountId,
      accessKeyId: root.accessKeyId,
      isActive: () => root.secretAccessKey !== undefined,
    });
    this.policyHolders = new PolicyHolders(storage);
    this.accessReports = new AccessReports(storage, this.policyHolders, clock, randomness);
    this.#storage = storage;
    this.#rootKey = rootKey;
    this.accounts = new Accounts(storage, clock, randomness);
    this.callers = new Callers(storage, this.accounts);
    this.sessionPolicies = new SessionPolicies(storage);
    this.#root = root;
  }

  get rootAccessKeyId(): string {
    return this.#root.accessKeyId;
  }

  /**
   * The credential behind a long-term access key id, active or not; undefined if there is none.
   * The same object until the key changes.
   */
  credential(accessKeyId: string): Soon<Credential | undefined> {
    if (accessKeyId === this.#root.accessKeyId) return this.#rootUnlessLocked();
    return soon(this.#storage.get(accessKeysTable, accessKeyId), (row) => {
      if (row === undefined) return undefined;
      const known = this.#credentials.get(row.body);
      if (known !== undefined) return known;
      const credential = this.#userCredential(row);
      this.#credentials.set(row.body, credential);
      return credential;
    });
  }

  /** Who a session speaks for now; undefined for who is gone, and for the root while it is locked. */
  ofSession(opened: OpenedSession): Soon<Principal | undefined> {
    const isRoot = opened.session.holder.type === "root";
    return isRoot && this.#root.secretAccessKey === undefined
      ? undefined
      : this.callers.session(opened);
  }

  /** The account that an access key is of; undefined if there is no such key. */
  async accountOfKey(
    _permit: Permit<"sts:GetAccessKeyInfo", Resource>,
    accessKeyId: string,
  ): Promise<string | undefined> {
    return accountOfTemporaryKey(accessKeyId) ?? (await this.credential(accessKeyId))?.accountId;
  }

  #rootUnlessLocked(): Credential | undefined {
    const { accountId, accessKeyId, secretAccessKey } = this.#root;
    if (secretAccessKey === undefined) {
      this.#rootCredential = undefined;
      return undefined;
    }
    this.#rootCredential ??= new HeldCredential({
      accountId,
      accessKeyId,
      secretAccessKey,
      principal: () => this.callers.root(accountId),
    });
    return this.#rootCredential;
  }

  #userCredential({ body: key, sealed }: Row<AccessKey>): Credential {
    const { accountId } = key;
    return new HeldCredential({
      accessKeyId: key.accessKeyId,
      accountId,
      secretAccessKey: openSecret(this.#rootKey, key, sealed),
      isActive: key.status === "Active",
      principal: () => this.callers.user({ accountId, name: key.userName, id: key.userId }),
    });
  }
}
