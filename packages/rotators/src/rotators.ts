/** Every rotator there is: ours, and those that an operator describes. */
import { mySqlUser } from "./databases/mysql.ts";
import { postgreSqlUser } from "./databases/postgresql.ts";
import { declaredRotators } from "./declared/declared-rotators.ts";
import { iamAccessKey } from "./iam/access-key.ts";
import { metadataOf } from "./metadata.ts";
import { oauthClientSecret } from "./oauth/client-secret.ts";
import type { Rotator } from "./rotator.ts";

/** As the rotators file has them. */
export interface OperatorsOwn {
  /** Descriptions of further types. */
  readonly types?: unknown;
  /** IAMs beside AWS's and the vault's to which an admin's credentials may be sent. */
  readonly endpoints?: readonly string[] | undefined;
}

/** By type. Throws where a description is wrong, or has a name that is taken. */
export function rotatorsByType({
  types,
  endpoints,
}: OperatorsOwn = {}): ReadonlyMap<string, Rotator> {
  const all = [
    postgreSqlUser,
    mySqlUser,
    iamAccessKey(endpoints),
    oauthClientSecret,
    ...declaredRotators(types),
  ];
  const byType = new Map(all.map((rotator) => [rotator.type, rotator]));
  if (byType.size < all.length) throw new Error("two types of rotators have the same name");
  return byType;
}

/** As `GET /types` lists them. */
export function describe(rotator: Rotator) {
  const { type, title, strategy, standing, documentation } = rotator;
  const revokes = rotator.revokeSecret !== undefined;
  return { type, title, strategy, revokes, metadata: metadataOf(rotator), standing, documentation };
}
