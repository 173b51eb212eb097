import { afterAll, beforeAll, expect, test } from "vitest";
import { permit } from "../keys/keys.fixture.ts";
import { revocationOf } from "./revocation.ts";
import { day, scope, TestSecrets, token } from "./secrets.fixture.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

const [one, two, three] = [token(1), token(2), token(3)];
const refused = {
  code: "InvalidRequestException",
  message: "You can't perform this operation on the secret version because it was revoked.",
};

/** A secret of three versions. */
async function threeVersions(name: string): Promise<string> {
  await shelf.create(name, "first", { token: one });
  await shelf.put(name, "second", two);
  await shelf.put(name, "third", three);
  return name;
}

async function revoke(name: string, choice: { versionId?: string; versionStage?: string } = {}) {
  const secret = await shelf.secrets.locate(scope, name);
  const granted = permit("claviger:RevokeSecretVersion", secret);
  return shelf.secrets.revocation.revoke(granted, { ...choice, reason: "it leaked" });
}

test("a revoked version is given out by no id and no label, and all others are", async () => {
  const name = await threeVersions("revoked/by-id");
  await revoke(name, { versionId: two });
  await expect(shelf.get(name, { versionId: two })).rejects.toMatchObject(refused);
  await expect(shelf.get(name, { versionStage: "AWSPREVIOUS" })).rejects.toMatchObject(refused);
  expect(await shelf.get(name)).toBe("third");
  expect(await shelf.get(name, { versionId: one })).toBe("first");
  // Whoever is to take its key back at the provider has to know it.
  expect(await shelf.get(name, { versionId: two, isRevokedGiven: true })).toBe("second");
});

test("the current one is meant where none is named, and a label names the one that has it", async () => {
  const name = await threeVersions("revoked/by-label");
  expect((await revoke(name, { versionStage: "AWSPREVIOUS" })).versionId).toBe(two);
  expect((await revoke(name)).versionId).toBe(three);
  await expect(shelf.get(name)).rejects.toMatchObject(refused);
  await shelf.put(name, "fourth", token(4));
  expect(await shelf.get(name)).toBe("fourth");
});

test("what is revoked stays as it was revoked first", async () => {
  const name = await threeVersions("revoked/twice");
  const { record } = await revoke(name);
  shelf.now += day;
  expect((await revoke(name)).record).toEqual(record);
  expect(revocationOf(record, three)).toMatchObject({ reason: "it leaked" });
  expect(revocationOf(record, "constructor")).toBeUndefined();
});

test("what isn't there can't be revoked", async () => {
  const name = await threeVersions("revoked/missing");
  await expect(revoke(name, { versionId: token(9) })).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
  await expect(revoke(name, { versionStage: "AWSPENDING" })).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
  await expect(revoke(name, { versionId: one, versionStage: "AWSCURRENT" })).rejects.toThrow(
    "You provided a VersionStage that is not associated to the provided VersionId.",
  );
  await expect(revoke("revoked/nowhere")).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
});

test("a revoked version becomes current no more, whatever label it may get", async () => {
  const name = await threeVersions("revoked/current");
  await revoke(name, { versionId: one });
  const back = { label: "AWSCURRENT", removeFromVersionId: three, moveToVersionId: one };
  await expect(shelf.moveStage(name, back)).rejects.toMatchObject(refused);
  expect((await shelf.moveStage(name, { label: "MINE", moveToVersionId: one })).stages).toEqual({
    AWSCURRENT: three,
    AWSPREVIOUS: two,
    MINE: one,
  });
  await shelf.moveStage(name, { ...back, moveToVersionId: two });
});

test("a rotation revokes no version that has become current", async () => {
  const name = await threeVersions("revoked/rotated");
  const record = await shelf.describe(name);
  const { revocation } = shelf.secrets;
  await expect(revocation.revokeRotated(record, three)).rejects.toMatchObject({
    code: "InvalidRequestException",
  });
  await revocation.revokeRotated(record, two);
  expect(await shelf.get(name)).toBe("third");
  await expect(shelf.get(name, { versionId: two })).rejects.toMatchObject(refused);
});

test("of a version that was pruned nothing is left", async () => {
  const name = await threeVersions("revoked/pruned");
  await revoke(name, { versionId: one });
  shelf.now += 2 * day;
  for (let number = 4; number <= 102; number++) await shelf.put(name, "v", token(number));
  expect(await shelf.versionIds(name)).not.toContain(one);
  expect((await shelf.describe(name)).revoked).toEqual({});
});
