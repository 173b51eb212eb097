import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { MemorySecret } from "../tests/memory-secret.fixture.ts";
import { keyNameOf, type Rotator } from "./rotator.ts";
import { runStep } from "./steps.ts";

/** A provider's keys by the names they were given: a stand-in that has each key made once. */
let keys: { readonly name: string; readonly key: string }[];
let secret: MemorySecret;
let madeSoFar: number;
/** What befalls the next value that is stored. */
let fault: "is refused" | "is stored unheard" | "is lost" | undefined;

const rotator: Rotator = {
  type: "Example",
  title: "Example",
  strategy: "overlap",
  metadata: {},
  standing: "tested against a stand-in",
  documentation: "https://example.com",
  async createSecret({ keyName: name }) {
    keys = keys.filter((key) => key.name !== name);
    const key = `key ${++madeSoFar}`;
    keys.push({ name, key });
    return { secretString: JSON.stringify({ key }) };
  },
  async testSecret(_rotation, value) {
    if (!keys.some(({ key }) => key === JSON.parse(value).key)) throw new Error("a bad key");
  },
  async revokeSecret({ keyName }, value) {
    const key = value && JSON.parse(value).key;
    keys = keys.filter((each) => (key ? each.key !== key : each.name !== keyName));
  },
};

beforeEach(() => {
  secret = new MemorySecret();
  secret.values.set("the first", JSON.stringify({ key: "key 0" }));
  secret.labels.set("AWSCURRENT", "the first");
  keys = [{ name: "by hand", key: "key 0" }];
  madeSoFar = 0;
  fault = undefined;
});

test("the four steps, each of them twice, make one key and one AWSCURRENT version", async () => {
  const token = begin();
  for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const) {
    await take(step, token);
    await take(step, token);
  }
  expect(secret.labels.get("AWSCURRENT")).toBe(token);
  expect(keyOf("AWSCURRENT")).toBe("key 1");
  expect(keyOf("AWSPREVIOUS")).toBe("key 0");
  expect(keys.map(({ key }) => key)).toEqual(["key 0", "key 1"]);
});

test("a key that may not be stored is taken back at once", async () => {
  const token = begin();
  fault = "is refused";
  await expect(take("createSecret", token)).rejects.toThrow();
  expect(keys.map(({ key }) => key)).toEqual(["key 0"]);
});

test("where nobody knows whether a key was stored it stays, and the next try goes by it", async () => {
  const token = begin();
  fault = "is stored unheard";
  await expect(take("createSecret", token)).rejects.toThrow();
  await take("createSecret", token);
  expect(keyOf("AWSPENDING")).toBe("key 1");
  expect(keys.map(({ key }) => key)).toEqual(["key 0", "key 1"]);
});

test("a key that was lost on its way is removed by the next try, or by the roll-back", async () => {
  const token = begin();
  fault = "is lost";
  await expect(take("createSecret", token)).rejects.toThrow();
  await take("createSecret", token);
  expect(keys.map(({ key }) => key)).toEqual(["key 0", "key 2"]);

  const next = begin();
  fault = "is lost";
  await expect(take("createSecret", next)).rejects.toThrow();
  await take("revokeSecret", next);
  expect(keys.map(({ key }) => key)).toEqual(["key 0", "key 2"]);
});

test("of two tries at once that both made a key, the one that comes too late takes its own back", async () => {
  const token = begin();
  const late: Rotator = {
    ...rotator,
    async createSecret(rotation) {
      const made = await rotator.createSecret({ ...rotation, keyName: "made at the same time" });
      await take("createSecret", token);
      return made;
    },
  };
  await take("createSecret", token, late);
  expect(keyOf("AWSPENDING")).toBe("key 2");
  expect(keys.map(({ key }) => key)).toEqual(["key 0", "key 2"]);
});

test("a step for a version that is no longer pending does nothing", async () => {
  const token = begin();
  await take("createSecret", token);
  const next = begin();
  for (const step of ["createSecret", "setSecret", "finishSecret"] as const) {
    await expect(take(step, token)).rejects.toThrow(
      "The version is not AWSPENDING: another rotation took its place.",
    );
  }
  expect(secret.labels.get("AWSPENDING")).toBe(next);
  expect(madeSoFar).toBe(1);
});

test("testSecret takes any version, and AWSCURRENT before there is a value", async () => {
  const token = begin();
  await take("testSecret", token);
  await take("testSecret", "the first");
  keys = [];
  await expect(take("testSecret", token)).rejects.toThrow("a bad key");
});

test("a value that AWSCURRENT has too isn't revoked", async () => {
  const token = begin();
  secret.values.set(token, JSON.stringify({ key: "key 0" }));
  await take("revokeSecret", token);
  secret.labels.delete("AWSPENDING");
  await expect(take("revokeSecret", token)).rejects.toThrow("AWSCURRENT has the same value");
  expect(keys).toHaveLength(1);
});

test("what can't revoke says so", async () => {
  const { revokeSecret: _, ...other } = rotator;
  await expect(take("revokeSecret", "the first", other)).rejects.toThrow("Example can't revoke");
});

test("the only key there is becomes AWSCURRENT although its rotation failed", async () => {
  const token = begin();
  await take("createSecret", token);
  const only: Rotator = { ...rotator, revokeSecret: async () => "isTheOnlyKey" };
  await take("revokeSecret", token, only);
  expect(keyOf("AWSCURRENT")).toBe("key 1");
});

test("what a rotator says reaches the vault in the wire's members", async () => {
  const token = begin();
  const byHandInstructions = "Make one on the provider's page.";
  const byHand = { ...rotator, createSecret: async () => ({ byHandInstructions }) };
  expect(await take("createSecret", token, byHand)).toEqual({
    ByHand: { instructions: byHandInstructions },
  });
  await take("createSecret", token);
  const oldKeyLivesUntil = new Date(Date.UTC(2026, 0, 1));
  const grace = { ...rotator, finishSecret: async () => ({ oldKeyLivesUntil }) };
  expect(await take("finishSecret", token, grace)).toEqual({
    OldKeyLivesUntil: "2026-01-01T00:00:00.000Z",
  });
  const oneKey = { ...rotator, finishSecret: async () => ({ oldKeyIsDead: true }) };
  expect(await take("finishSecret", token, oneKey)).toEqual({ OldKeyIsDead: true });
  expect(await take("finishSecret", token)).toBeNull();
});

/** The empty version, as the vault begins a rotation; returns its token. */
function begin(): string {
  const token = randomUUID();
  secret.labels.set("AWSPENDING", token);
  return token;
}

function keyOf(label: string): string {
  return JSON.parse(secret.values.get(secret.labels.get(label) ?? "") ?? "{}").key;
}

function take(step: keyof typeof runStep, token: string, by = rotator) {
  const versions = secret.versions(async () => {});
  const putPending = async (version: string, value: string) => {
    const now = fault;
    fault = undefined;
    if (now === "is refused") throw Object.assign(new Error(now), { $fault: "client" });
    if (now !== "is lost") await versions.putPending(version, value);
    if (now !== undefined) throw new Error(now);
  };
  return runStep[step](by, {
    secretArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:example-AbCdEf",
    token,
    oldVersionId: undefined,
    keyName: keyNameOf(token),
    metadata: {},
    versions: { ...versions, putPending },
    aws: {},
    signal: AbortSignal.timeout(10_000),
  });
}
