import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "../scope.ts";
import type { Storage } from "../storage/storage.ts";
import { aliasResource, type KeyResource, keysResource } from "./key-resource.ts";
import { openTestStorage, permit, scope, setState, startKeys } from "./keys.fixture.ts";
import type { Keys } from "./keys.ts";

let storage: Storage;
let close: () => Promise<void>;
let keys: Keys;

beforeAll(async () => {
  ({ storage, close } = await openTestStorage());
  keys = startKeys(storage);
});

afterAll(() => close());

function makeKey(within: Scope = scope): Promise<KeyResource> {
  const keyId = keys.nextKeyId();
  const allowed = permit("kms:CreateKey", keysResource(within));
  return keys.create(allowed, { keyId, description: "", tags: {} });
}

function nameKey(aliasName: string, key: KeyResource): Promise<void> {
  return keys.aliases.create(
    permit("kms:CreateAlias", aliasResource(scope, aliasName)),
    permit("kms:CreateAlias", key),
  );
}

describe("locating a key", () => {
  it("takes its id, its ARN, an alias and an alias' ARN", async () => {
    const { record } = await makeKey();
    await nameKey("alias/located", await keys.locate(scope, record.keyId));
    for (const keyId of [
      record.keyId,
      record.arn,
      "alias/located",
      "arn:aws:kms:us-east-1:123456789012:alias/located",
    ]) {
      expect((await keys.locate(scope, keyId)).arn).toBe(record.arn);
    }
  });

  it("finds another account's key by ARN", async () => {
    const { arn } = await makeKey(scope);
    const elsewhere = { accountId: "210987654321", region: "us-east-1" };
    expect((await keys.locate(elsewhere, arn)).accountId).toBe(scope.accountId);
  });

  it("finds no key of another region, also by an ARN that is known here", async () => {
    const { arn } = await makeKey(scope);
    expect((await keys.locate(scope, arn)).arn).toBe(arn);
    const elsewhere = async () => keys.locate({ ...scope, region: "eu-west-2" }, arn);
    await expect(elsewhere).rejects.toMatchObject({ message: "Invalid arn us-east-1" });
  });

  const unknown = "99999999-9999-9999-9999-999999999999";
  it.each([
    [unknown, `Key 'arn:aws:kms:us-east-1:123456789012:key/${unknown}' does not exist`],
    [
      `arn:aws:kms:us-east-1:123456789012:key/${unknown}`,
      `Key 'arn:aws:kms:us-east-1:123456789012:key/${unknown}' does not exist`,
    ],
    [
      "mrk-d3b95762d3b95762d3b95762d3b95762",
      "Key 'arn:aws:kms:us-east-1:123456789012:key/mrk-d3b95762d3b95762d3b95762d3b95762' does not exist",
    ],
    ["alias/none", "Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found."],
    [
      "arn:aws:kms:us-east-1:123456789012:alias/none",
      "Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found.",
    ],
    [`arn:aws:kms:ap-southeast-1:123456789012:key/${unknown}`, "Invalid arn ap-southeast-1"],
    ["fake-key-id", "Invalid keyId 'fake-key-id'"],
    ["134f2428cec14b25a1ae9048164dba47", "Invalid keyId '134f2428cec14b25a1ae9048164dba47'"],
    ["mrk-fake-key-id", "Invalid keyId 'mrk-fake-key-id'"],
  ])("says of %s what AWS says", async (keyId, message) => {
    const locating = async () => keys.locate(scope, keyId);
    await expect(locating).rejects.toMatchObject({ code: "NotFoundException", message });
  });

  it("keeps accounts and regions apart", async () => {
    const { record } = await makeKey();
    for (const other of [
      { accountId: "210987654321", region: "us-east-1" },
      { accountId: "123456789012", region: "eu-west-1" },
    ]) {
      await expect(keys.locate(other, record.keyId)).rejects.toThrow("does not exist");
    }
  });

  it("gives the same compiled policy until the key changes", async () => {
    const { record } = await makeKey();
    const first = await keys.locate(scope, record.keyId);
    expect(await keys.locate(scope, record.keyId)).toBe(first);
    await setState(storage, record.keyId, "Disabled");
    expect((await keys.locate(scope, record.keyId)).record.state).toBe("Disabled");
  });
});

describe("an AWS managed key", () => {
  it("is one key for all who use it first at once", async () => {
    const region = { ...scope, region: "eu-west-3" };
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => startKeys(storage).defaultKey(region, "alias/aws/ssm")),
    );
    expect(new Set(made.map((key) => key.arn)).size).toBe(1);
    expect((await keys.locate(region, "alias/aws/ssm")).arn).toBe(made[0]?.arn);
    expect(made[0]?.record.manager).toBe("AWS");
  });

  it("is not made by who only looks for it", async () => {
    const region = { ...scope, region: "eu-west-2" };
    await expect(keys.locate(region, "alias/aws/ssm")).rejects.toThrow(
      `Alias arn:aws:kms:eu-west-2:${scope.accountId}:alias/aws/ssm is not found.`,
    );
    const made = await keys.defaultKey(region, "alias/aws/ssm");
    expect(await keys.locate(region, "alias/aws/ssm")).toBe(made);
  });

  it("serves only through its service, and only its own account", async () => {
    const ssm = await keys.defaultKey(scope, "alias/aws/ssm");
    const through = (service: string, accountId: string) => ({
      "kms:ViaService": `${service}.us-east-1.amazonaws.com`,
      "kms:CallerAccount": accountId,
    });
    expect(permit("kms:Decrypt", ssm, through("ssm", scope.accountId)).resource).toBe(ssm);
    expect(permit("kms:DescribeKey", ssm).resource).toBe(ssm);
    for (const keys of [
      {},
      through("secretsmanager", scope.accountId),
      through("ssm", "210987654321"),
    ]) {
      expect(() => permit("kms:Decrypt", ssm, keys)).toThrow("not authorized to perform");
    }
  });

  it("has AWS's policy for Secrets Manager too", async () => {
    const key = await keys.defaultKey(scope, "alias/aws/secretsmanager");
    const through = {
      "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
      "kms:CallerAccount": scope.accountId,
    };
    for (const action of ["kms:Decrypt", "kms:GenerateDataKey"]) {
      expect(permit(action, key, through).resource).toBe(key);
      expect(() => permit(action, key)).toThrow("not authorized to perform");
    }
  });
});

describe("an alias", () => {
  it("is taken once, also by those who come at once", async () => {
    const key = await makeKey();
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => nameKey("alias/raced", key)));
    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBe(1);
    const arn = "arn:aws:kms:us-east-1:123456789012:alias/raced";
    await expect(nameKey("alias/raced", await makeKey())).rejects.toMatchObject({
      code: "AlreadyExistsException",
      message: `An alias with the name ${arn} already exists`,
    });
    expect((await keys.locate(scope, key.record.keyId)).record.aliases).toEqual(["alias/raced"]);
  });

  it("is not given to a key that is going, and only fifty times to one that stays", async () => {
    const key = await makeKey();
    for (let count = 0; count < 50; count++) await nameKey(`alias/fifty-${count}`, key);
    await expect(nameKey("alias/fifty-50", key)).rejects.toMatchObject({
      code: "LimitExceededException",
    });
    const going = await makeKey();
    await setState(storage, going.record.keyId, "PendingDeletion");
    await expect(nameKey("alias/late", going)).rejects.toMatchObject({
      code: "KMSInvalidStateException",
      message: `${going.arn} is pending deletion.`,
    });
  });
});

describe("lists", () => {
  const region = { ...scope, region: "ca-central-1" };
  const listing = permit("kms:ListKeys", keysResource(region));
  const aliasListing = permit("kms:ListAliases", keysResource(region));

  it("give every key once, page by page", async () => {
    const made: string[] = [];
    for (let count = 0; count < 7; count++) made.push((await makeKey(region)).record.keyId);
    const listed: string[] = [];
    let marker: string | undefined;
    do {
      const { items, next } = await keys.list(listing, 3, marker);
      expect(items.length).toBeLessThanOrEqual(3);
      listed.push(...items.map(({ keyId }) => keyId));
      marker = next;
    } while (marker !== undefined);
    expect(listed).toEqual(made.sort());
  });

  it("show AWS's aliases from the start, and their keys once made", async () => {
    const before = await keys.listAliases(aliasListing, undefined, 50, undefined);
    expect(before.items.map((alias) => [alias.aliasName, alias.targetKeyId])).toEqual([
      ["alias/aws/secretsmanager", undefined],
      ["alias/aws/ssm", undefined],
    ]);
    const ssm = await keys.defaultKey(region, "alias/aws/ssm");
    const first = await keys.listAliases(aliasListing, undefined, 1, undefined);
    expect(first.items[0]?.aliasName).toBe("alias/aws/secretsmanager");
    const second = await keys.listAliases(aliasListing, undefined, 1, first.next);
    expect(second.items[0]?.targetKeyId).toBe(ssm.record.keyId);
    expect(second.next).toBeUndefined();
  });

  it("refuse a marker that is made up or another list's", async () => {
    const { next } = await keys.list(listing, 1, undefined);
    const elsewhere = permit("kms:ListKeys", keysResource(scope));
    for (const refused of [
      keys.list(listing, 1, "made-up"),
      keys.list(elsewhere, 1, next),
      keys.listAliases(aliasListing, undefined, 1, next),
    ]) {
      await expect(refused).rejects.toMatchObject({ code: "InvalidMarkerException" });
    }
  });
});
