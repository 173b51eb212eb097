import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keysResource } from "../keys/key-resource.ts";
import { permit, setState } from "../keys/keys.fixture.ts";
import { purgeExpired } from "./purge.ts";
import { versionTable } from "./records.ts";
import { day, scope, TestSecrets, token } from "./secrets.fixture.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

describe("finding a secret", () => {
  test("by name, ARN, and ARN without the six random characters", async () => {
    const { arn } = await shelf.create("find/me", "found");
    expect(arn).toMatch(
      /^arn:aws:secretsmanager:us-east-1:123456789012:secret:find\/me-[A-Za-z0-9]{6}$/,
    );
    expect(await shelf.get("find/me")).toBe("found");
    expect(await shelf.get(arn)).toBe("found");
    expect(await shelf.get(arn.slice(0, -7))).toBe("found");
  });

  test("an ARN with other random characters is another secret's", async () => {
    const { arn } = await shelf.create("find/other", "v");
    const last = arn.endsWith("A") ? "B" : "A";
    await expect(shelf.get(arn.slice(0, -1) + last)).rejects.toThrow(
      "Secrets Manager can't find the specified secret.",
    );
  });

  test("a name with its six random characters is no name", async () => {
    const { arn } = await shelf.create("find/named", "v");
    await expect(shelf.get(arn.slice(arn.lastIndexOf(":") + 1))).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  test("another region's and another account's ARN finds nothing here", async () => {
    const { arn } = await shelf.create("find/here", "v");
    for (const elsewhere of [
      arn.replace("us-east-1", "eu-west-1"),
      arn.replace("123456789012", "210987654321"),
    ]) {
      expect((await shelf.secrets.locate(scope, elsewhere)).record).toBeUndefined();
    }
  });

  test.each([" name", "na me", "name*", "name?", "a:b", "ä", "arn:aws:s3:::bucket"])(
    "%j is no lawful SecretId",
    async (secretId) => {
      await expect(async () => shelf.secrets.locate(scope, secretId)).rejects.toMatchObject({
        code: "ValidationError",
        message:
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
      });
    },
  );

  test("what is missing is asked about under an ARN that tells nothing", async () => {
    const missing = await shelf.secrets.locate(scope, "not/there");
    expect(missing).toMatchObject({
      arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:not/there-??????",
      nameInDenials: "not/there",
      record: undefined,
    });
  });
});

describe("creating", () => {
  test("the same token and value again answer the same; another value or token does not", async () => {
    const first = await shelf.create("create/twice", "v", { token: token(1) });
    const again = await shelf.create("create/twice", "v", { token: token(1) });
    expect(again).toEqual(first);
    await expect(shelf.create("create/twice", "w", { token: token(1) })).rejects.toMatchObject({
      code: "ResourceExistsException",
      message: `You can't use ClientRequestToken ${token(1)} because that value is already in use for a version of secret ${first.arn}.`,
    });
    await expect(shelf.create("create/twice", "v", { token: token(2) })).rejects.toMatchObject({
      code: "ResourceExistsException",
      message: "The operation failed because the secret create/twice already exists.",
    });
  });

  test("of many at once exactly one wins", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, number) =>
        shelf.create("create/race", `v${number}`, { token: token(number) }),
      ),
    );
    const made = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(made).toHaveLength(1);
    expect((await shelf.describe("create/race")).arn).toBe(made[0]?.arn);
  });

  test("without a value there is no version until one is put, and that one is current", async () => {
    await shelf.create("create/empty");
    await expect(shelf.get("create/empty")).rejects.toThrow(
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
    const { stages } = await shelf.put("create/empty", "v", token(1), ["MINE"]);
    expect(stages).toEqual({ MINE: token(1), AWSCURRENT: token(1) });
  });
});

describe("reading", () => {
  test("by VersionId, by VersionStage, and what does not fit together", async () => {
    await shelf.create("read", "one", { token: token(1) });
    await shelf.put("read", "two", token(2));
    expect(await shelf.get("read")).toBe("two");
    expect(await shelf.get("read", { versionStage: "AWSPREVIOUS" })).toBe("one");
    expect(await shelf.get("read", { versionId: token(1) })).toBe("one");
    const both = { versionId: token(1), versionStage: "AWSPREVIOUS" };
    expect(await shelf.get("read", both)).toBe("one");
    await expect(shelf.get("read", { ...both, versionStage: "AWSCURRENT" })).rejects.toThrow(
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
    await expect(shelf.get("read", { versionId: token(9) })).rejects.toThrow(
      `Secrets Manager can't find the specified secret value for VersionId: ${token(9)}`,
    );
    await expect(shelf.get("read", { versionStage: "constructor" })).rejects.toThrow(
      "Secrets Manager can't find the specified secret value for staging label: constructor",
    );
  });

  test("a swapped version does not open", async () => {
    const one = await shelf.create("swap/one", "one", { token: token(1) });
    const two = await shelf.create("swap/two", "two", { token: token(1) });
    const [from, to] = await Promise.all(
      [one, two].map(async ({ name }) => {
        const secret = await shelf.secrets.locate(scope, name);
        return secret.arn.slice(-6);
      }),
    );
    const prefix = `${scope.accountId}/${scope.region}/swap`;
    const row = await shelf.storage.get(versionTable, `${prefix}/one:${from}:${token(1)}`);
    if (row === undefined) throw new Error("the version is not where it should be");
    await shelf.storage.commit([
      { ...row, type: "put", table: versionTable, key: `${prefix}/two:${to}:${token(1)}` },
    ]);
    await expect(shelf.get("swap/two")).rejects.toThrow("Sealed data did not open");
  });

  test("is noted as a day, written once, and shown at once", async () => {
    const { arn } = await shelf.create("read/noted", "v");
    expect((await shelf.describe(arn)).lastAccessedDate).toBeUndefined();
    await shelf.get(arn);
    const midnight = shelf.now - (shelf.now % day);
    expect((await shelf.describe(arn)).lastAccessedDate).toBe(midnight);
    await expect
      .poll(async () => (await shelf.secrets.locate(scope, arn)).record?.lastAccessedDate, {
        timeout: 5000,
      })
      .toBe(midnight);
  });
});

describe("a key that is disabled", () => {
  test("opens and seals nothing; the secret can still be looked at", async () => {
    await shelf.create("disabled", "v");
    const { record } = await shelf.keys.defaultKey(scope, "alias/aws/secretsmanager");
    await setState(shelf.storage, record.keyId, "Disabled");
    await expect(shelf.get("disabled")).rejects.toMatchObject({ code: "DecryptionFailure" });
    await expect(shelf.put("disabled", "w", token(1))).rejects.toMatchObject({
      code: "EncryptionFailure",
    });
    expect((await shelf.describe("disabled")).versionCount).toBe(1);
    await setState(shelf.storage, record.keyId, "Enabled");
    expect(await shelf.get("disabled")).toBe("v");
  });
});

describe("changing", () => {
  test("a description makes no version, and an empty one goes", async () => {
    await shelf.create("change/words", "v", { description: "before" });
    const { stages, ...described } = await shelf.update("change/words", { description: "after" });
    expect(described.description).toBe("after");
    expect(stages).toEqual((await shelf.describe("change/words")).stages);
    expect((await shelf.update("change/words", { description: "" })).description).toBeUndefined();
  });

  test("a value makes a version; the same token and value again change nothing", async () => {
    await shelf.create("change/value", "one", { token: token(1) });
    const changed = await shelf.update("change/value", {}, "two", token(2));
    expect(changed.stages).toEqual({ AWSCURRENT: token(2), AWSPREVIOUS: token(1) });
    shelf.now += 1000;
    expect(await shelf.update("change/value", {}, "two", token(2))).toEqual(changed);
    await expect(shelf.update("change/value", {}, "three", token(2))).rejects.toMatchObject({
      code: "ResourceExistsException",
    });
  });

  test("twenty labels are the most a secret can have", async () => {
    await shelf.create("change/labels", "v", { token: token(0) });
    const labels = Array.from({ length: 19 }, (_, number) => `L${number}`);
    await shelf.put("change/labels", "v", token(1), labels);
    await expect(shelf.put("change/labels", "v", token(2), ["ONE-MORE"])).rejects.toMatchObject({
      code: "LimitExceededException",
    });
  });

  test("eight writers at once lose nothing", async () => {
    await shelf.create("change/race", "v0", { token: token(0) });
    await Promise.all(
      Array.from({ length: 8 }, (_, at) => shelf.put("change/race", `v${at + 1}`, token(at + 1))),
    );
    for (let at = 0; at <= 8; at++) {
      expect(await shelf.get("change/race", { versionId: token(at) })).toBe(`v${at}`);
    }
    expect((await shelf.describe("change/race")).versionCount).toBe(9);
  });

  test("beyond a hundred, old versions without labels go; young and labelled ones stay", async () => {
    await shelf.create("change/many", "v", { token: token(0) });
    await shelf.put("change/many", "v", token(1), ["KEPT"]);
    for (let at = 2; at < 104; at++) await shelf.put("change/many", "v", token(at));
    expect((await shelf.describe("change/many")).versionCount).toBe(104);

    shelf.now += day;
    await shelf.put("change/many", "v", token(104));
    const { versionCount, stages } = await shelf.describe("change/many");
    expect(versionCount).toBe(100);
    expect(stages.KEPT).toBe(token(1));
    expect(await shelf.get("change/many", { versionId: token(1) })).toBe("v");
    for (const gone of [0, 2, 3, 4, 5]) {
      await expect(shelf.get("change/many", { versionId: token(gone) })).rejects.toMatchObject({
        code: "ResourceNotFoundException",
      });
    }
    expect(await shelf.get("change/many", { versionId: token(6) })).toBe("v");
  });

  test("a new key takes over the versions in use, and no other", async () => {
    await shelf.create("change/key", "v0", { token: token(0) });
    // The AWSPREVIOUS version is the oldest but one, and due to go when it loses the label.
    for (let at = 1; at < 100; at++) await shelf.put("change/key", "v", token(at), [`L${at % 9}`]);
    await shelf.put("change/key", "v100", token(100));
    shelf.now += day;
    const made = permit("kms:CreateKey", keysResource(scope));
    const key = await shelf.keys.create(made, { keyId: randomUUID(), description: "", tags: {} });
    await shelf.move("change/key", key.arn, "v101", token(101));

    const { stages, versionCount, kmsKeyId } = await shelf.describe("change/key");
    expect({ versionCount, kmsKeyId }).toEqual({ versionCount: 100, kmsKeyId: key.arn });
    expect(stages).toMatchObject({ AWSCURRENT: token(101), AWSPREVIOUS: token(100) });
    await setState(shelf.storage, key.record.keyId, "Disabled");
    for (const versionId of [token(100), token(99)]) {
      await expect(shelf.get("change/key", { versionId })).rejects.toMatchObject({
        code: "DecryptionFailure",
      });
    }
    expect(await shelf.get("change/key", { versionId: token(90) })).toBe("v");
    await expect(shelf.get("change/key", { versionId: token(0) })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });
});

describe("deleting", () => {
  test("within the window nothing can be done but to look, restore and delete at once", async () => {
    const { arn } = await shelf.create("delete/window", "v");
    const { deletionDate } = await shelf.delete(arn, 7);
    expect(deletionDate).toBe(shelf.now + 7 * day);
    expect((await shelf.describe(arn)).deletedDate).toBe(deletionDate);
    const marked = "because it was marked for deletion.";
    await expect(shelf.get(arn)).rejects.toThrow(marked);
    await expect(shelf.put(arn, "w", token(1))).rejects.toThrow(marked);
    await expect(shelf.update(arn, { description: "w" })).rejects.toThrow(marked);
    await expect(shelf.delete(arn, 30)).rejects.toMatchObject({ code: "InvalidRequestException" });
    await expect(shelf.create("delete/window", "w")).rejects.toThrow(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    expect(await shelf.names({ filters: [{ key: "name", values: ["delete/window"] }] })).toEqual(
      [],
    );

    await shelf.restore(arn);
    expect(await shelf.get(arn)).toBe("v");
    expect(await shelf.restore(arn)).toMatchObject({ arn });
  });

  test("at the window's end it is gone at once, swept or not, and the name is free", async () => {
    const before = await shelf.create("delete/end", "before");
    await shelf.delete(before.arn, 7);
    shelf.now += 7 * day - 1;
    expect((await shelf.describe("delete/end")).arn).toBe(before.arn);
    shelf.now += 1;
    for (const attempt of [
      () => shelf.describe("delete/end"),
      () => shelf.restore(before.arn),
      () => shelf.get("delete/end"),
    ]) {
      await expect(attempt()).rejects.toThrow("Secrets Manager can't find the specified secret.");
    }
    const after = await shelf.create("delete/end", "after");
    expect(after.arn).not.toBe(before.arn);
    expect(await shelf.get("delete/end")).toBe("after");
    await expect(shelf.get(before.arn)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  test("the sweep removes what is gone and nothing else", async () => {
    await shelf.create("delete/swept", "v");
    await shelf.create("delete/waiting", "v");
    await shelf.delete("delete/swept", 7);
    await shelf.delete("delete/waiting", 8);
    shelf.now += 7 * day;
    expect(await shelf.secrets.purgeExpired()).toBe(1);
    expect(await shelf.secrets.purgeExpired()).toBe(0);
    const rows = async (name: string) =>
      shelf.storage.count(versionTable, `${scope.accountId}/${scope.region}/${name}:`);
    expect([await rows("delete/swept"), await rows("delete/waiting")]).toEqual([0, 1]);
    expect((await shelf.restore("delete/waiting")).deletedDate).toBeUndefined();
  });

  test("that a node takes back, whose clock is behind, is none or can't be taken back", async () => {
    const end = shelf.now + 7 * day;
    for (let at = 0; at < 20; at++) {
      await shelf.create(`delete/${at}`, "v");
      await shelf.delete(`delete/${at}`, 7);
    }
    const sweeping = purgeExpired(shelf.storage, end);
    shelf.now = end - 1;
    const restored: string[] = [];
    for (let at = 0; at < 20; at++) {
      const { arn } = await shelf.restore(`delete/${at}`).catch(() => ({ arn: undefined }));
      if (arn !== undefined) restored.push(arn);
    }
    await sweeping;
    expect(restored.length).toBeGreaterThan(0);
    for (const arn of restored) expect(await shelf.get(arn)).toBe("v");
  });

  test("at once leaves no version behind, works within a window and where nothing is", async () => {
    const { arn } = await shelf.create("delete/now", "v0", { token: token(0) });
    for (let at = 1; at < 70; at++) await shelf.put(arn, `v${at}`, token(at));
    await shelf.delete(arn, 30);
    expect(await shelf.delete(arn, 0)).toEqual({
      arn,
      name: "delete/now",
      deletionDate: shelf.now,
    });
    const prefix = `${scope.accountId}/${scope.region}/delete/now:`;
    expect(await shelf.storage.count(versionTable, prefix)).toBe(0);
    expect(await shelf.delete("delete/now", 0)).toMatchObject({ name: "delete/now" });
    await expect(shelf.delete("delete/now", 7)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await shelf.create("delete/now", "again");
    expect(await shelf.get("delete/now")).toBe("again");
  });
});

describe("rotation rules", () => {
  test("a value that is put by hand counts as a rotation; one that is only staged does not", async () => {
    await shelf.create("rotated", "one");
    const isDueAt = async () => (await shelf.describe("rotated")).rotation?.nextRotationDate;
    await shelf.rotate("rotated", { automaticallyAfterDays: 10 });
    const first = Number(await isDueAt());
    shelf.now += 3 * day;
    await shelf.put("rotated", "two", token(2), ["MINE"]);
    expect(await isDueAt()).toBe(first);
    await shelf.put("rotated", "three", token(3));
    expect(await isDueAt()).toBe(first + 3 * day);
  });
});
