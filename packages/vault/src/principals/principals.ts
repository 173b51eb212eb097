/**
 * Who there is: users with their access keys, roles, and the policies that say what they may do.
 * `credential` is on every request's path and costs one cached read; the caller behind it costs
 * one more, and one for the policies attached to it.
 */
import type { Principal } from "../authorization/types.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { RootKey } from "../encryption/root-keys/root-key.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { openSecret } from "./access-keys.ts";
import { assumedRoleArn, iamArn, rootArn } from "./arns.ts";
import { tagValues } from "./compiled-policies.ts";
import { type Credential, HeldCredential } from "./credential.ts";
import { IdentityPolicies } from "./identity-policies.ts";
import { ManagedPolicies } from "./managed-policies.ts";
import { type AccessKey, accessKeysTable, rolesTable, rowKey, usersTable } from "./records.ts";
import { Roles } from "./roles.ts";
import type { Session } from "./sessions.ts";
import { Users } from "./users.ts";

/** The first account's root, who may do everything in it. */
export interface RootCredential {
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export class Principals {
  readonly users: Users;
  readonly roles: Roles;
  readonly policies: ManagedPolicies;
  readonly #storage: Storage;
  readonly #rootKey: RootKey;
  readonly #identityPolicies: IdentityPolicies;
  readonly #root: Credential;
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
    this.roles = new Roles(storage, clock, randomness);
    this.policies = new ManagedPolicies(storage, clock, randomness);
    this.#storage = storage;
    this.#rootKey = rootKey;
    this.#identityPolicies = new IdentityPolicies(storage);
    this.#root = rootCredential(root);
  }

  /**
   * The credential behind a long-term access key id, active or not; undefined if there is none.
   * The same object until the key changes.
   */
  async credential(accessKeyId: string): Promise<Credential | undefined> {
    if (accessKeyId === this.#root.accessKeyId) return this.#root;
    const row = await this.#storage.get(accessKeysTable, accessKeyId);
    if (row === undefined) return undefined;
    const known = this.#credentials.get(row.body);
    if (known !== undefined) return known;
    const credential = this.#userCredential(row);
    this.#credentials.set(row.body, credential);
    return credential;
  }

  /** The session's caller, or undefined if its role is gone, even if it was created again. */
  async assumedRole(session: Session): Promise<Principal | undefined> {
    const { accountId, roleName, sessionName } = session;
    const row = await this.#storage.get(rolesTable, rowKey(accountId, roleName));
    if (row === undefined || row.body.uniqueId !== session.roleId) return undefined;
    const role = row.body;
    return {
      type: "AssumedRole",
      arn: assumedRoleArn(accountId, role.name, sessionName),
      accountId,
      principalId: `${role.uniqueId}:${sessionName}`,
      userName: undefined,
      roleArn: iamArn(accountId, "role", role.path, role.name),
      tags: tagValues(role),
      ...(await this.#identityPolicies.of(role)),
      sessionPolicies: [],
      tokenIssuedAt: session.issuedAt,
      organizationId: undefined,
      sessionKeys: {},
    };
  }

  async #user(key: AccessKey): Promise<Principal | undefined> {
    const row = await this.#storage.get(usersTable, rowKey(key.accountId, key.userName));
    if (row === undefined || row.body.uniqueId !== key.userId) return undefined;
    const user = row.body;
    return {
      type: "IAMUser",
      arn: iamArn(user.accountId, "user", user.path, user.name),
      accountId: user.accountId,
      principalId: user.uniqueId,
      userName: user.name,
      roleArn: undefined,
      tags: tagValues(user),
      ...(await this.#identityPolicies.of(user)),
      sessionPolicies: [],
      tokenIssuedAt: undefined,
      organizationId: undefined,
      sessionKeys: {},
    };
  }

  #userCredential({ body: key, sealed }: Row<AccessKey>): Credential {
    return new HeldCredential({
      accessKeyId: key.accessKeyId,
      accountId: key.accountId,
      secretAccessKey: openSecret(this.#rootKey, key, sealed),
      isActive: key.status === "Active",
      principal: () => this.#user(key),
    });
  }
}

function rootCredential({ accountId, accessKeyId, secretAccessKey }: RootCredential): Credential {
  const principal: Principal = {
    type: "Root",
    arn: rootArn(accountId),
    accountId,
    principalId: accountId,
    userName: undefined,
    roleArn: undefined,
    tags: {},
    policies: [],
    boundary: undefined,
    sessionPolicies: [],
    tokenIssuedAt: undefined,
    organizationId: undefined,
    sessionKeys: {},
  };
  return new HeldCredential({
    accessKeyId,
    accountId,
    secretAccessKey,
    principal: () => Promise.resolve(principal),
  });
}
