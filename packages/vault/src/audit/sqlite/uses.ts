/**
 * Who used which action last, and where. Each use is a word of its own, "AIDA… ssm GetParameter
 * us-east-1", sighted like a name (`sightings.ts`): a report then reads one small row for each
 * action that somebody ever used, however long ago and however busy the vault was since.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LastUse, UseQuery } from "../event.ts";
import { type ColumnName, columns, type Fields } from "../line.ts";
import { stretchMilliseconds, stretchOf, useScope } from "./sightings.ts";

const placeOf = (wanted: ColumnName) => columns.findIndex(({ name }) => name === wanted);
const scopePlace = placeOf("scope");
const servicePlace = placeOf("service");
const operationPlace = placeOf("operation");
const identityPlace = placeOf("identity");
const keyPlace = placeOf("access_key_id");

/** No id and no name of an action or region has one. */
const separator = "\n";
const afterSeparator = "\v";

const identitiesRememberedMax = 1000;
/** Of each identity: the unique id of the user or role, or the account id of the root. */
const userIds = new Map<string, string>();

/** The words for an event's use, for its caller and for a long-term access key. Texts in. */
export function useWords(fields: Fields): string[] {
  const identity = fields[identityPlace] as string | null;
  const operation = fields[operationPlace] as string;
  if (identity === null || operation === "") return [];
  const [, region = ""] = (fields[scopePlace] as string).split("/");
  const use = [fields[servicePlace], operation, region].join(separator);
  const key = fields[keyPlace] as string;
  const users = key.startsWith("AKIA") ? [userIdOf(identity), key] : [userIdOf(identity)];
  return users.map((user) => user + separator + use);
}

function userIdOf(identity: string): string {
  let id = userIds.get(identity);
  if (id === undefined) {
    const [, , principalId] = JSON.parse(identity) as [string, string, string];
    id = principalId.split(":")[0] ?? "";
    if (userIds.size >= identitiesRememberedMax) userIds.clear();
    userIds.set(identity, id);
  }
  return id;
}

/** Asks for the uses that were noted. */
export class LastUses {
  readonly #words: StatementSync;
  readonly #scope: StatementSync;
  readonly #stretch: StatementSync;

  constructor(database: DatabaseSync) {
    this.#words = database.prepare(
      `SELECT "id", "word" FROM "words" WHERE "word" > ? AND "word" < ?`,
    );
    this.#scope = database.prepare(`SELECT "id" FROM "words" WHERE "word" = ?`);
    this.#stretch = database.prepare(
      `SELECT max("stretch") AS "stretch" FROM "sightings"
       WHERE "scope" = ? AND "word" = ? AND "stretch" <= ?`,
    );
  }

  find({ accountId, userId, until }: UseQuery): LastUse[] {
    const uses = this.#words.all(userId + separator, userId + afterSeparator) as unknown as {
      readonly id: number;
      readonly word: string;
    }[];
    const scopes = new Map<string, number | undefined>();
    return uses.flatMap(({ id, word }) => {
      const [, service = "", operation = "", region = ""] = word.split(separator);
      if (!scopes.has(region)) scopes.set(region, this.#scopeId(`${accountId}/${region}`));
      const scope = scopes.get(region);
      if (scope === undefined) return [];
      const stretch = this.#stretch.get(useScope(scope), id, stretchOf(until))?.stretch as
        | number
        | null;
      if (stretch === null) return [];
      return [{ service, operation, region, time: stretch * stretchMilliseconds }];
    });
  }

  #scopeId(scope: string): number | undefined {
    return this.#scope.get(scope)?.id as number | undefined;
  }
}
