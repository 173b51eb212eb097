/**
 * Who used which action last, and where. Each use, "AIDA… ssm GetParameter us-east-1", is kept once
 * and sighted like a name (`sightings.ts`): a report then reads one small row for each action that
 * somebody ever used, however long ago and however busy the vault was since.
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

/** No id and no name of a service or region has one, and of an action only a strange one. */
const separator = "\n";
const afterSeparator = "\v";

const identitiesRememberedMax = 1000;
/** Of each identity: the unique id of the user or role, or the account id of the root. */
const userIds = new Map<string, string>();

/** An event's use: once for its caller and once for a long-term access key. */
export function usesOf(fields: Fields): string[] {
  const identity = fields[identityPlace] as string | null;
  const operation = fields[operationPlace] as string;
  if (identity === null || operation === "") return [];
  const [account = "", region = ""] = (fields[scopePlace] as string).split("/");
  const action = [fields[servicePlace], region, operation].join(separator);
  const key = fields[keyPlace] as string;
  const users = key.startsWith("AKIA") ? [userIdOf(identity), key] : [userIdOf(identity)];
  return users.map((user) => [account, user, action].join(separator));
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
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      `SELECT "word", (
         SELECT max("stretch") FROM "sightings"
         WHERE "scope" = ${useScope} AND "word" = u."id" AND "stretch" <= ?
       ) AS "stretch" FROM "uses" u WHERE "word" > ? AND "word" < ?`,
    );
  }

  find({ accountId, userId, until }: UseQuery): LastUse[] {
    const user = accountId + separator + userId;
    const found = this.#find.all(stretchOf(until), user + separator, user + afterSeparator);
    return found.flatMap(({ word, stretch }) => {
      if (stretch === null) return [];
      const [, , service = "", region = "", operation = ""] = String(word).split(separator);
      return [{ service, operation, region, time: Number(stretch) * stretchMilliseconds }];
    });
  }
}
