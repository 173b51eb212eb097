/** For tests: parameters over a real database, with permits as the account root's. */
import { type Clock, systemRandomness } from "../clock.ts";
import { openTestStorage, permit, scope, testRootKey } from "../keys/keys.fixture.ts";
import { Keys } from "../keys/keys.ts";
import { SealedKeys } from "../keys/ring/sealed-keys.ts";
import type { Notice, NoticeSink } from "../notices.ts";
import type { Storage } from "../storage/storage.ts";
import type { Page } from "./pages.ts";
import { type ParameterChange, type ParameterFilter, Parameters } from "./parameters.ts";

export { scope } from "../keys/keys.fixture.ts";

/** What the policy of AWS's own key asks about its use. */
const throughSsm = {
  "kms:ViaService": `ssm.${scope.region}.amazonaws.com`,
  "kms:CallerAccount": scope.accountId,
};

/** Stands still until it is set. */
class TestClock implements Clock {
  time = Date.now();
  now = () => this.time;
}

/** Keeps what it is told, or refuses it. */
class TestNotices implements NoticeSink {
  readonly given: Notice[] = [];
  isDeaf = false;

  async give(notice: Notice): Promise<void> {
    if (this.isDeaf) throw new Error("nobody hears");
    this.given.push(notice);
  }
}

export class TestParameters {
  readonly clock = new TestClock();
  readonly notices = new TestNotices();
  readonly parameters: Parameters;
  readonly keys: Keys;
  readonly storage: Storage;
  readonly close: () => Promise<void>;

  private constructor(storage: Storage, close: () => Promise<void>) {
    const sealedKeys = new SealedKeys(storage, testRootKey, systemRandomness);
    this.storage = storage;
    this.close = close;
    this.keys = new Keys(storage, testRootKey, sealedKeys, this.clock, systemRandomness);
    this.parameters = new Parameters(storage, this.keys, sealedKeys, this.clock, systemRandomness, {
      notices: this.notices,
    });
  }

  static async open(): Promise<TestParameters> {
    const { storage, close } = await openTestStorage();
    return new TestParameters(storage, close);
  }

  async put(name: string, change: Partial<ParameterChange> & { value: string }) {
    const resource = await this.parameters.locateForPut(scope, name);
    return this.parameters.put(
      permit("ssm:PutParameter", resource),
      {
        type: "String",
        isOverwrite: false,
        tags: [],
        modifiedBy: "arn:aws:iam::123456789012:root",
        ...change,
      },
      async (_keyId, tier) => {
        const key = await this.keys.defaultKey(scope, "alias/aws/ssm");
        return tier === "Standard"
          ? permit("kms:Encrypt", key, throughSsm)
          : permit("kms:GenerateDataKey", key, throughSsm);
      },
    );
  }

  /** A permit for the parameter as it is now. */
  async permit<Action extends string>(action: Action, name: string) {
    return permit(action, await this.parameters.locate(scope, name));
  }

  async read(name: string) {
    const resource = await this.parameters.locate(scope, name);
    return this.parameters.read(permit("ssm:GetParameter", resource));
  }

  /** The value, decrypted. */
  async value(name: string): Promise<string> {
    const read = await this.read(name);
    if (read.record.keyArn === undefined) return this.parameters.value(read);
    const key = await this.keys.locate(scope, read.record.keyArn);
    return this.parameters.decryptedValue(read, permit("kms:Decrypt", key, throughSsm));
  }

  async history(name: string, limit: number, token?: string) {
    const resource = await this.parameters.locate(scope, name);
    return this.parameters.history(permit("ssm:GetParameterHistory", resource), { limit, token });
  }

  async label(name: string, labels: readonly string[], version?: number) {
    const resource = await this.parameters.locateByName(scope, name);
    return this.parameters.label(permit("ssm:LabelParameterVersion", resource), version, labels);
  }

  async unlabel(name: string, version: number, labels: readonly string[]) {
    const resource = await this.parameters.locateByName(scope, name);
    const granted = permit("ssm:UnlabelParameterVersion", resource);
    return this.parameters.unlabel(granted, version, labels);
  }

  async delete(name: string): Promise<void> {
    const resource = await this.parameters.locateByName(scope, name);
    await this.parameters.delete(permit("ssm:DeleteParameter", resource));
  }

  byPath(
    path: string,
    options: {
      isRecursive?: boolean;
      limit?: number;
      token?: string | undefined;
      filters?: readonly ParameterFilter[];
    } = {},
  ) {
    const granted = permit("ssm:GetParametersByPath", this.parameters.path(scope, path));
    const { isRecursive = false, limit = 10, token, filters = [] } = options;
    return this.parameters.byPath(granted, isRecursive, filters, { limit, token });
  }

  describe(filters: readonly ParameterFilter[], limit = 50, token?: string) {
    const resource = this.parameters.all(scope);
    return this.parameters.describe(permit("ssm:DescribeParameters", resource), filters, {
      limit,
      token,
    });
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
