/** Parameters over a real database in a folder of its own, and permits as the account root's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorize } from "../authorization/authorize.ts";
import type { Circumstances, Principal } from "../authorization/types.ts";
import { systemClock, systemRandomness } from "../clock.ts";
import { rootKeyFrom } from "../encryption/root-keys/root-key.ts";
import { Keys } from "../keys/keys.ts";
import { SealedKeys } from "../keys/sealed-keys.ts";
import { openSqliteStorage } from "../storage/sqlite/sqlite-storage.ts";
import type { Storage } from "../storage/storage.ts";
import type { Page } from "./pages.ts";
import { type ParameterChange, type ParameterFilter, Parameters } from "./parameters.ts";

export const scope = { accountId: "123456789012", region: "us-east-1" };

const root: Principal = {
  type: "Root",
  arn: "arn:aws:iam::123456789012:root",
  accountId: scope.accountId,
  principalId: scope.accountId,
  userName: undefined,
  roleArn: undefined,
  tags: {},
  policies: [],
  tokenIssuedAt: undefined,
};

const circumstances: Circumstances = {
  now: 0,
  sourceAddress: "127.0.0.1",
  isSecureTransport: true,
  region: scope.region,
  userAgent: "test",
};

/** What the policy of AWS's own key asks about its use. */
const throughSsm = {
  "kms:ViaService": `ssm.${scope.region}.amazonaws.com`,
  "kms:CallerAccount": scope.accountId,
};

export class ParameterStore {
  readonly parameters: Parameters;
  readonly keys: Keys;
  readonly storage: Storage;
  readonly #directory: string;

  private constructor(storage: Storage, directory: string) {
    const rootKey = rootKeyFrom(systemRandomness.bytes(32));
    const sealedKeys = new SealedKeys(storage, rootKey, systemRandomness);
    this.storage = storage;
    this.#directory = directory;
    this.keys = new Keys(storage, rootKey, sealedKeys, systemClock, systemRandomness);
    this.parameters = new Parameters(storage, this.keys, sealedKeys, systemClock, systemRandomness);
  }

  static async open(): Promise<ParameterStore> {
    const directory = mkdtempSync(join(tmpdir(), "claviger-parameters-"));
    return new ParameterStore(await openSqliteStorage({ directory }), directory);
  }

  async close(): Promise<void> {
    await this.storage.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async put(name: string, change: Partial<ParameterChange> & { value: string }) {
    const resource = await this.parameters.locateForPut(scope, name);
    return this.parameters.put(
      authorize(root, "ssm:PutParameter", resource, circumstances),
      { type: "String", isOverwrite: false, tags: [], modifiedBy: root.arn, ...change },
      async (_keyId, tier) =>
        authorize(
          root,
          tier === "Standard" ? "kms:Encrypt" : "kms:GenerateDataKey",
          await this.keys.defaultKey(scope, "alias/aws/ssm"),
          circumstances,
          throughSsm,
        ),
    );
  }

  /** A permit for the parameter as it is now. */
  async permit<Action extends string>(action: Action, name: string) {
    return authorize(root, action, await this.parameters.locate(scope, name), circumstances);
  }

  async read(name: string) {
    const resource = await this.parameters.locate(scope, name);
    return this.parameters.read(authorize(root, "ssm:GetParameter", resource, circumstances));
  }

  /** The value, decrypted. */
  async value(name: string): Promise<string> {
    const read = await this.read(name);
    if (read.record.keyArn === undefined) return this.parameters.value(read);
    const key = await this.keys.locate(scope, read.record.keyArn);
    const permit = authorize(root, "kms:Decrypt", key, circumstances, throughSsm);
    return this.parameters.decryptedValue(read, permit);
  }

  async history(name: string, limit: number, token?: string) {
    const resource = await this.parameters.locate(scope, name);
    const permit = authorize(root, "ssm:GetParameterHistory", resource, circumstances);
    return this.parameters.history(permit, { limit, token });
  }

  async delete(name: string): Promise<void> {
    const resource = await this.parameters.locateForDelete(scope, name);
    await this.parameters.delete(authorize(root, "ssm:DeleteParameter", resource, circumstances));
  }

  byPath(
    path: string,
    options: { isRecursive?: boolean; limit?: number; token?: string | undefined } = {},
  ) {
    const resource = this.parameters.path(scope, path);
    const permit = authorize(root, "ssm:GetParametersByPath", resource, circumstances);
    const { isRecursive = false, limit = 10, token } = options;
    return this.parameters.byPath(permit, isRecursive, [], { limit, token });
  }

  describe(filters: readonly ParameterFilter[], limit = 50, token?: string) {
    const resource = this.parameters.all(scope);
    const permit = authorize(root, "ssm:DescribeParameters", resource, circumstances);
    return this.parameters.describe(permit, filters, { limit, token });
  }
}

/** Every page, one after the other, none larger than `limit`. */
export async function allPages<Item>(
  limit: number,
  next: (token: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const page = await next(token);
    if (page.items.length > limit) throw new Error(`${page.items.length} on a page of ${limit}`);
    items.push(...page.items);
    token = page.nextToken;
  } while (token !== undefined);
  return items;
}
