/** An account's other name: one for an account, and one account for a name. */
import type { Permit } from "../../authorization/authorize.ts";
import type { Resource } from "../../authorization/types.ts";
import { type Change, retryOnConflict, type Storage, table } from "../../storage/storage.ts";
import { entityAlreadyExists, noSuchEntity } from "../errors.ts";

interface AliasOwner {
  readonly accountId: string;
}

interface OwnedAlias {
  readonly alias: string;
}

/** Two rows for each alias, so that it is found from either side. */
const ownersTable = table<AliasOwner>("accounts");
const aliasesTable = table<OwnedAlias>("accounts");
const ownerKey = (alias: string) => `aliases/${alias}`;
const aliasKey = (accountId: string) => `alias-of/${accountId}`;

export class AccountAliases {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Takes the place of the alias that the account had. */
  create(permit: Permit<"iam:CreateAccountAlias", Resource>, alias: string): Promise<void> {
    const { accountId } = permit.resource;
    return retryOnConflict(async () => {
      if ((await this.#storage.get(ownersTable, ownerKey(alias))) !== undefined) {
        throw entityAlreadyExists(`The account alias ${alias} already exists.`);
      }
      const current = await this.#storage.get(aliasesTable, aliasKey(accountId));
      const changes: Change[] = [
        {
          type: "put",
          table: ownersTable,
          key: ownerKey(alias),
          body: { accountId },
          expect: "absent",
        },
        {
          type: "put",
          table: aliasesTable,
          key: aliasKey(accountId),
          body: { alias },
          expect: current?.revision ?? "absent",
        },
      ];
      if (current !== undefined) {
        changes.push({ type: "delete", table: ownersTable, key: ownerKey(current.body.alias) });
      }
      await this.#storage.commit(changes);
    });
  }

  delete(permit: Permit<"iam:DeleteAccountAlias", Resource>, alias: string): Promise<void> {
    const { accountId } = permit.resource;
    return retryOnConflict(async () => {
      const current = await this.#storage.get(aliasesTable, aliasKey(accountId));
      if (current?.body.alias !== alias) throw noSuchEntity(`The account alias with name ${alias}`);
      await this.#storage.commit([
        {
          type: "delete",
          table: aliasesTable,
          key: aliasKey(accountId),
          expect: current.revision,
        },
        { type: "delete", table: ownersTable, key: ownerKey(alias) },
      ]);
    });
  }

  async list(permit: Permit<"iam:ListAccountAliases", Resource>): Promise<readonly string[]> {
    const row = await this.#storage.get(aliasesTable, aliasKey(permit.resource.accountId));
    return row === undefined ? [] : [row.body.alias];
  }
}
