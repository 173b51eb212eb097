/**
 * A session as requests need it: what can be made of its token alone is made once, when the token
 * is opened, and kept for as long as that is remembered.
 */
import type { CompiledPolicy } from "../../authorization/compile.ts";
import { remembered } from "../policies/compiled-policies.ts";
import { rowKey } from "../records.ts";
import type { Session, SessionContext } from "./session.ts";
import { compiledSessionPolicy } from "./session-policies.ts";

type Tags = Readonly<Record<string, string>>;

export interface OpenedSession {
  readonly session: Session;
  /** Where the row of its role or user lies; empty for the root, who has none. */
  readonly holderKey: string;
  /** The inline session policy. */
  readonly policy: CompiledPolicy | undefined;
  /** The session's tags over its role's: a tag of the session wins, whatever the case of its key. */
  readonly tagsOver: (roleTags: Tags) => Tags;
  readonly transitiveTags: Tags;
  /** Condition keys in lower case. */
  readonly keys: Readonly<Record<string, string>>;
}

export function openSession(session: Session): OpenedSession {
  const { accountId, holder } = session;
  const { policy, tags = {}, transitiveTagKeys = [] } = session.context;
  const own = new Set(Object.keys(tags).map((key) => key.toLowerCase()));
  const transitive = new Set(transitiveTagKeys.map((key) => key.toLowerCase()));
  return {
    session,
    holderKey: holder.type === "root" ? "" : rowKey(accountId, holder.name),
    policy: policy === undefined ? undefined : compiledSessionPolicy(policy),
    tagsOver:
      own.size === 0
        ? (roleTags) => roleTags
        : remembered((roleTags) => ({
            ...withoutKeys(roleTags, own),
            ...tags,
          })),
    transitiveTags: Object.fromEntries(
      Object.entries(tags).filter(([key]) => transitive.has(key.toLowerCase())),
    ),
    keys: conditionKeys(session.context),
  };
}

function withoutKeys(tags: Tags, lowerKeys: ReadonlySet<string>): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(([key]) => !lowerKeys.has(key.toLowerCase())),
  );
}

/** Those that AWS puts into every request of such a session. */
function conditionKeys({ sourceIdentity, webIdentity }: SessionContext) {
  return {
    ...(sourceIdentity !== undefined && { "aws:sourceidentity": sourceIdentity }),
    ...(webIdentity !== undefined && {
      "aws:federatedprovider": webIdentity.provider,
      [`${webIdentity.issuer}:sub`.toLowerCase()]: webIdentity.subject,
      [`${webIdentity.issuer}:aud`.toLowerCase()]: webIdentity.audience,
    }),
  };
}
