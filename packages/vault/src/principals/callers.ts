/**
 * The caller behind a credential, with the policies that hold now: a change to a user or role
 * shows at the next request. Whoever is gone, even if created again, is nobody. Until something
 * changes the caller is the same object, so that what is made of it can hang on it.
 */
import type { Principal } from "../authorization/types.ts";
import { rescued, type Soon, soon } from "../soon.ts";
import { Missing, type Storage } from "../storage/storage.ts";
import type { Accounts } from "./accounts/accounts.ts";
import { assumedRoleArn, iamArn, rootArn } from "./arns.ts";
import { Derived } from "./derived.ts";
import { remembered, tagValues } from "./policies/compiled-policies.ts";
import { type EntityPolicies, IdentityPolicies } from "./policies/identity-policies.ts";
import { type Role, rolesTable, rowKey, type User, usersTable } from "./records.ts";
import type { OpenedSession } from "./sessions/opened-session.ts";
import type { SessionHolder } from "./sessions/session.ts";
import { SessionPolicies } from "./sessions/session-policies.ts";

interface NamedUser {
  readonly accountId: string;
  readonly name: string;
  readonly id: string;
}

type RoleHolder = Extract<SessionHolder, { type: "role" }>;

/** Of a user's or the root's own session (GetSessionToken). */
interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export class Callers {
  readonly #storage: Storage;
  readonly #accounts: Accounts;
  readonly #identityPolicies: IdentityPolicies;
  readonly #sessionPolicies: SessionPolicies;
  readonly #users = new Derived<User, Principal>();
  /**
   * By the policies that it has from its role, which are others as soon as the role is: a session
   * that asks no more must not hold on to the role as it was when it last did.
   */
  readonly #sessions = remembered(
    (_policies: EntityPolicies) => new Derived<OpenedSession, Principal>(),
  );
  /** By account. */
  readonly #roots = new Map<string, Principal>();

  constructor(storage: Storage, accounts: Accounts) {
    this.#storage = storage;
    this.#accounts = accounts;
    this.#identityPolicies = new IdentityPolicies(storage);
    this.#sessionPolicies = new SessionPolicies(storage);
  }

  user(named: NamedUser, token?: TokenTimes): Soon<Principal | undefined> {
    return settled(() => this.#user(named, token));
  }

  root(accountId: string, token?: TokenTimes): Soon<Principal> {
    return soon(this.#accounts.organizationId(), (organizationId) => {
      const known = this.#roots.get(accountId);
      const isAsItWas =
        known?.organizationId === organizationId &&
        known?.tokenIssuedAt === token?.issuedAt &&
        known?.tokenExpiresAt === token?.expiresAt;
      if (known !== undefined && isAsItWas) return known;
      const root: Principal = {
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
        tokenIssuedAt: token?.issuedAt,
        tokenExpiresAt: token?.expiresAt,
        organizationId,
        sessionKeys: {},
      };
      this.#roots.set(accountId, root);
      return root;
    });
  }

  session(opened: OpenedSession): Soon<Principal | undefined> {
    const { session } = opened;
    const { accountId, holder } = session;
    if (holder.type === "role") return settled(() => this.#role(opened, holder));
    if (holder.type === "root") return this.root(accountId, session);
    return this.user({ accountId, ...holder }, session);
  }

  #user({ accountId, name, id }: NamedUser, token?: TokenTimes): Soon<Principal | undefined> {
    return soon(this.#storage.get(usersTable, rowKey(accountId, name)), (row) => {
      if (row === undefined || row.body.uniqueId !== id) return undefined;
      const user = row.body;
      return this.#withPolicies(user, (policies, organizationId) => {
        const from = [policies, token?.issuedAt, token?.expiresAt, organizationId];
        return this.#users.of(user, from, () => ({
          type: "IAMUser",
          arn: iamArn(user.accountId, "user", user.path, user.name),
          accountId: user.accountId,
          principalId: user.uniqueId,
          userName: user.name,
          roleArn: undefined,
          tags: tagValues(user),
          ...policies,
          sessionPolicies: [],
          tokenIssuedAt: token?.issuedAt,
          tokenExpiresAt: token?.expiresAt,
          organizationId,
          sessionKeys: {},
        }));
      });
    });
  }

  #role(opened: OpenedSession, { id, sessionName }: RoleHolder): Soon<Principal | undefined> {
    const { session, holderKey, policy, tagsOver, transitiveTags, keys } = opened;
    const { accountId, context, issuedAt, expiresAt, isRotation } = session;
    return soon(this.#storage.get(rolesTable, holderKey), (row) => {
      if (row === undefined || row.body.uniqueId !== id) return undefined;
      const role = row.body;
      const passed = this.#sessionPolicies.of(accountId, policy, context.policyArns);
      return soon(passed, (sessionPolicies) =>
        this.#withPolicies(role, (policies, organizationId) => {
          const from = [organizationId, ...sessionPolicies];
          return this.#sessions(policies).of(opened, from, () => ({
            type: "AssumedRole",
            arn: assumedRoleArn(accountId, role.name, sessionName),
            accountId,
            principalId: `${role.uniqueId}:${sessionName}`,
            userName: undefined,
            roleArn: iamArn(accountId, "role", role.path, role.name),
            tags: tagsOver(tagValues(role)),
            ...policies,
            sessionPolicies,
            tokenIssuedAt: issuedAt,
            tokenExpiresAt: expiresAt,
            isRotation,
            organizationId,
            sessionKeys: keys,
            transitiveTags,
          }));
        }),
      );
    });
  }

  /** What `make` makes of the policies that the user or role has now, and the organization's id. */
  #withPolicies(
    holder: User | Role,
    make: (policies: EntityPolicies, organizationId: string | undefined) => Principal,
  ): Soon<Principal> {
    return soon(this.#identityPolicies.of(holder), (policies) =>
      soon(this.#accounts.organizationId(), (organizationId) => make(policies, organizationId)),
    );
  }
}

const attemptsMax = 3;

/**
 * A policy may be detached and deleted between the read of its holder and its own: it is not
 * missing then, as reading again tells.
 */
function settled<Read>(read: () => Soon<Read>, attempts = 1): Soon<Read> {
  return rescued(read, (error) => {
    if (!(error instanceof Missing) || attempts === attemptsMax) throw error;
    return settled(read, attempts + 1);
  });
}
