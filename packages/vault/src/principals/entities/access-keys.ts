/**
 * Users' long-term access keys: two each, so that one can be replaced while the other works. The
 * secret is told once, when the key is made, and kept sealed under the root key.
 */
import type { Permit } from "../../authorization/authorize.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { RootKey } from "../../encryption/root-keys/root-key.ts";
import type { SealedRows } from "../../keys/ring/sealed-rows.ts";
import {
  type Change,
  Missing,
  type Row,
  retryOnConflict,
  type Storage,
} from "../../storage/storage.ts";
import { noSuchEntity, quotaExceeded } from "../errors.ts";
import { accessKeyId, secretAccessKey } from "../ids.ts";
import { type Page, type PageRequest, pageOf } from "../page.ts";
import { type AccessKey, accessKeysTable, type User } from "../records.ts";
import type { Entities } from "./entities.ts";
import type { UserResource } from "./users.ts";

export interface NewAccessKey {
  readonly accessKey: AccessKey;
  readonly secretAccessKey: string;
}

const accessKeysPerUser = 2;
const sealPurpose = "access-keys";

/** What a rekey needs to know of these rows. */
export const accessKeyRows: SealedRows<AccessKey> = {
  table: accessKeysTable,
  purpose: sealPurpose,
  aad: ({ body }) => aad(body),
};

export class AccessKeys {
  readonly #storage: Storage;
  readonly #users: Entities<User>;
  readonly #rootKey: RootKey;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor(
    storage: Storage,
    users: Entities<User>,
    rootKey: RootKey,
    clock: Clock,
    randomness: Randomness,
  ) {
    this.#storage = storage;
    this.#users = users;
    this.#rootKey = rootKey;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  async create(permit: Permit<"iam:CreateAccessKey", UserResource>): Promise<NewAccessKey> {
    const { row, accountId } = permit.resource;
    if (row === undefined) throw this.#users.notFound(permit.resource.name);
    const accessKey: AccessKey = {
      accessKeyId: accessKeyId("AKIA", this.#randomness),
      accountId,
      userName: row.body.name,
      userId: row.body.uniqueId,
      status: "Active",
      createdAt: this.#clock.now(),
    };
    const secret = secretAccessKey(this.#randomness);
    await this.#users.update(permit.resource, (user) => {
      if (user.accessKeyIds.length >= accessKeysPerUser) {
        throw quotaExceeded("AccessKeysPerUser", accessKeysPerUser);
      }
      const entity = { ...user, accessKeyIds: [...user.accessKeyIds, accessKey.accessKeyId] };
      const put = {
        type: "put",
        table: accessKeysTable,
        key: accessKey.accessKeyId,
        body: accessKey,
        sealed: this.#rootKey.seal(sealPurpose, Buffer.from(secret), aad(accessKey)),
        expect: "absent",
      } as const;
      return { entity, alongside: [put] };
    });
    return { accessKey, secretAccessKey: secret };
  }

  /** The user of the account who has this key. */
  async locateUser(accountId: string, keyId: string): Promise<UserResource | undefined> {
    const key = (await this.#storage.get(accessKeysTable, keyId))?.body;
    if (key === undefined || key.accountId !== accountId) return undefined;
    const user = await this.#users.locate(accountId, key.userName);
    return user.row?.body.uniqueId === key.userId ? user : undefined;
  }

  async list(
    permit: Permit<"iam:ListAccessKeys", UserResource>,
    request: PageRequest,
  ): Promise<Page<AccessKey>> {
    const { body: user } = await this.#users.row(permit.resource);
    const rows = await this.#storage.getMany(accessKeysTable, user.accessKeyIds);
    const keys = rows.flatMap((row) => (row === undefined ? [] : [row.body]));
    keys.sort((a, b) => (a.accessKeyId < b.accessKeyId ? -1 : 1));
    return pageOf(keys, request, (key) => key.accessKeyId);
  }

  /** Takes effect at the next request that is signed with the key. */
  updateStatus(
    permit: Permit<"iam:UpdateAccessKey", UserResource>,
    keyId: string,
    status: AccessKey["status"],
  ): Promise<void> {
    return retryOnConflict(async () => {
      const { key, revision: expect, body, sealed } = await this.#row(permit.resource, keyId);
      await this.#storage.commit([
        { type: "put", table: accessKeysTable, key, body: { ...body, status }, sealed, expect },
      ]);
    });
  }

  /** What changes with the user's name: the keys say whose they are. */
  async renamed({ name, accessKeyIds }: User): Promise<readonly Change[]> {
    const rows = await this.#storage.getMany(accessKeysTable, accessKeyIds);
    return rows.flatMap((row) => {
      if (row === undefined) return [];
      const { key, revision: expect, sealed } = row;
      const body = { ...row.body, userName: name };
      return [{ type: "put", table: accessKeysTable, key, body, sealed, expect }];
    });
  }

  delete(permit: Permit<"iam:DeleteAccessKey", UserResource>, keyId: string): Promise<void> {
    return this.#users.update(permit.resource, async (user) => {
      const { key, revision } = await this.#row(permit.resource, keyId);
      return {
        entity: { ...user, accessKeyIds: user.accessKeyIds.filter((id) => id !== keyId) },
        alongside: [{ type: "delete", table: accessKeysTable, key, expect: revision }],
      };
    });
  }

  async #row(resource: UserResource, keyId: string): Promise<Row<AccessKey>> {
    const { body: user } = await this.#users.row(resource);
    const row = await this.#storage.get(accessKeysTable, keyId);
    if (row === undefined || row.body.userId !== user.uniqueId) {
      throw noSuchEntity(`The Access Key with id ${keyId}`);
    }
    return row;
  }
}

/** The secret of a stored key, for checking a signature. */
export function openSecret(
  rootKey: RootKey,
  accessKey: AccessKey,
  sealed: Uint8Array | undefined,
): string {
  if (sealed === undefined) throw new Missing(`the secret of ${accessKey.accessKeyId}`);
  return rootKey.open(sealPurpose, sealed, aad(accessKey)).toString();
}

function aad({ accessKeyId: id, userId }: AccessKey): string {
  return `access-key/${id}/${userId}`;
}
