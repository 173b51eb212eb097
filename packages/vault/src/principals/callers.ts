/**
 * The caller behind a credential, with the policies that hold now: a change to a user or role
 * shows at the next request. Whoever is gone, even if created again, is nobody.
 */
import type { Principal } from "../authorization/types.ts";
import { Missing, type Storage } from "../storage/storage.ts";
import type { Accounts } from "./accounts/accounts.ts";
import { assumedRoleArn, iamArn, rootArn } from "./arns.ts";
import { tagValues } from "./policies/compiled-policies.ts";
import { IdentityPolicies } from "./policies/identity-policies.ts";
import { rolesTable, rowKey, usersTable } from "./records.ts";
import type { OpenedSession } from "./sessions/opened-session.ts";
import type { SessionHolder } from "./sessions/session.ts";
import { SessionPolicies } from "./sessions/session-policies.ts";

interface NamedUser {
  readonly accountId: string;
  readonly name: string;
  readonly id: string;
}

export class Callers {
  readonly #storage: Storage;
  readonly #accounts: Accounts;
  readonly #identityPolicies: IdentityPolicies;
  readonly #sessionPolicies: SessionPolicies;

  constructor(storage: Storage, accounts: Accounts) {
    this.#storage = storage;
    this.#accounts = accounts;
    this.#identityPolicies = new IdentityPolicies(storage);
    this.#sessionPolicies = new SessionPolicies(storage);
  }

  /** With `tokenIssuedAt` for a session of the user's or the root's own (GetSessionToken). */
  user(named: NamedUser, tokenIssuedAt?: number): Promise<Principal | undefined> {
    return settled(() => this.#user(named, tokenIssuedAt));
  }

  async root(accountId: string, tokenIssuedAt?: number): Promise<Principal> {
    return {
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
      tokenIssuedAt,
      organizationId: await this.#accounts.organizationId(),
      sessionKeys: {},
    };
  }

  session(opened: OpenedSession): Promise<Principal | undefined> {
    const { accountId, holder, issuedAt } = opened.session;
    if (holder.type === "role") return settled(() => this.#role(opened, holder));
    if (holder.type === "root") return this.root(accountId, issuedAt);
    return this.user({ accountId, ...holder }, issuedAt);
  }

  async #user(named: NamedUser, tokenIssuedAt?: number): Promise<Principal | undefined> {
    const row = await this.#storage.get(usersTable, rowKey(named.accountId, named.name));
    if (row === undefined || row.body.uniqueId !== named.id) return undefined;
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
      tokenIssuedAt,
      organizationId: await this.#accounts.organizationId(),
      sessionKeys: {},
    };
  }

  async #role(
    { session, policy, tagsOver, transitiveTags, keys }: OpenedSession,
    { name, id, sessionName }: Extract<SessionHolder, { type: "role" }>,
  ): Promise<Principal | undefined> {
    const { accountId, context, issuedAt } = session;
    const row = await this.#storage.get(rolesTable, rowKey(accountId, name));
    if (row === undefined || row.body.uniqueId !== id) return undefined;
    const role = row.body;
    return {
      type: "AssumedRole",
      arn: assumedRoleArn(accountId, role.name, sessionName),
      accountId,
      principalId: `${role.uniqueId}:${sessionName}`,
      userName: undefined,
      roleArn: iamArn(accountId, "role", role.path, role.name),
      tags: tagsOver(tagValues(role)),
      ...(await this.#identityPolicies.of(role)),
      sessionPolicies: await this.#sessionPolicies.of(accountId, policy, context.policyArns ?? []),
      tokenIssuedAt: issuedAt,
      organizationId: await this.#accounts.organizationId(),
      sessionKeys: keys,
      transitiveTags,
    };
  }
}

const attemptsMax = 3;

/**
 * A policy may be detached and deleted between the read of its holder and its own: it is not
 * missing then, as reading again tells.
 */
async function settled<Read>(read: () => Promise<Read>): Promise<Read> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Missing) || attempts === attemptsMax) throw error;
    }
  }
}
