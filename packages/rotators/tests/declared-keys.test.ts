/** What keys ask of a rotation beside mishaps: room, an identity, a person. */
import { describe, expect, onTestFinished, test } from "vitest";
import { declaredRotators } from "../src/declared/declared-rotators.ts";
import { keyNameOf, type Rotator } from "../src/rotator.ts";
import { RotatedSecret } from "./rotated-secret.fixture.ts";
import { startAnthropic } from "./stand-ins/anthropic.ts";
import { startDatadog } from "./stand-ins/datadog.ts";
import { startOneKey } from "./stand-ins/one-key.ts";
import { startSendGrid } from "./stand-ins/send-grid.ts";

const withScopes = { scopes: ["mail.send", "api_keys"] };

async function sendGrid(
  options: Parameters<typeof startSendGrid>[0] = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  const standIn = await startSendGrid(options);
  onTestFinished(() => standIn.close());
  const first = standIn.register.make("first", withScopes)?.value ?? "";
  const rotator = like("SendGridApiKey", { baseUrl: standIn.url, ...more });
  return { standIn, first, rotator };
}

function like(type: string, own: object): Rotator {
  const rotators = declaredRotators({ OfStandIn: { like: type, ...own } });
  return rotators.find((rotator) => rotator.type === "OfStandIn") as Rotator;
}

describe("a try that broke off", () => {
  test("leaves a key that the next one removes before it makes its own", async () => {
    // Room for the old key and one more.
    const { standIn, first, rotator } = await sendGrid({ keysMax: 2 });
    const runs = new RotatedSecret({ rotator, value: first });
    standIn.inject({ route: "POST /v3/api_keys", when: "after", how: "reset" });
    const token = runs.begin();
    await expect(runs.take("createSecret", token)).rejects.toThrow("got no answer");
    expect(standIn.register.live).toHaveLength(2);
    await runs.take("createSecret", token);
    expect(standIn.register.live.map(({ name }) => name)).toEqual(["first", keyNameOf(token)]);
    expect(standIn.register.everMade).toHaveLength(3);
    expect(standIn.register.byValue(runs.secret.pending)).toBeDefined();
  });

  test("leaves nothing when the version is revoked without a value", async () => {
    const { standIn, first, rotator } = await sendGrid();
    const runs = new RotatedSecret({ rotator, value: first });
    standIn.inject({ route: "POST /v3/api_keys", when: "after", how: 500 });
    const token = runs.begin();
    await expect(runs.take("createSecret", token)).rejects.toThrow("status 500");
    await runs.take("revokeSecret", token);
    expect(standIn.register.live.map(({ name }) => name)).toEqual(["first"]);
  });
});

test("where there is no room, no key is made or removed", async () => {
  const { standIn, first, rotator } = await sendGrid({}, { maxKeys: 2 });
  standIn.register.make("somebody's own", withScopes);
  const runs = new RotatedSecret({ rotator, value: first });
  await expect(runs.take("createSecret", runs.begin())).rejects.toThrow(
    "The provider has 2 keys and allows 2: remove one.",
  );
  expect(standIn.register.everMade).toHaveLength(2);
});

test("without the old key's rights to copy, none is made that might have more", async () => {
  const copy = { method: "GET", path: "/v3/api_keys/{keyId}", values: { scopes: "/rights" } };
  const { standIn, first, rotator } = await sendGrid({}, { copy });
  const runs = new RotatedSecret({ rotator, value: first });
  await expect(runs.take("createSecret", runs.begin())).rejects.toThrow("has nothing at /rights");
  expect(standIn.register.everMade).toHaveLength(1);
});

test("a provider's limit on requests only slows a rotation down", async () => {
  const { standIn, first, rotator } = await sendGrid({ requestsPerSecondMax: 2 });
  const runs = new RotatedSecret({ rotator, value: first });
  const token = runs.begin();
  await runs.take("createSecret", token);
  expect(standIn.register.byValue(runs.secret.pending)?.name).toBe(keyNameOf(token));
  expect(standIn.calls.filter((route) => route === "POST /v3/api_keys")).toHaveLength(2);
});

describe("a key that nobody named after its version", () => {
  test("is known by what the provider tells of its value, and never guessed", async () => {
    const standIn = await startDatadog();
    onTestFinished(() => standIn.close());
    const { register, applicationKey, url: baseUrl } = standIn;
    const apiKey = register.make("admin")?.value;
    const first = register.make("first")?.value ?? "";
    const options = {
      rotator: like("DatadogApiKey", { baseUrl }),
      value: first,
      adminValue: { apiKey, applicationKey },
    };
    const known = new RotatedSecret(options);
    const old = known.versionId("AWSCURRENT");
    await known.rotate();
    await known.take("revokeSecret", old);
    expect(register.byValue(first)).toBeUndefined();
    const second = register.make("second")?.value ?? "";
    register.everMade.push({ ...register.live[0], id: "twin", value: `x${second}` } as never);
    const runs = new RotatedSecret({ ...options, value: second });
    await expect(runs.take("createSecret", runs.begin())).rejects.toThrow(
      /doesn't tell which key the secret holds: name that key claviger-[\w-]+ there/,
    );
  });

  test("is known by its name as soon as it has the right one", async () => {
    const { standIn, first, rotator } = await sendGrid(
      {},
      { identify: { byHint: true }, list: hints },
    );
    const runs = new RotatedSecret({ rotator, value: first });
    await expect(runs.take("createSecret", runs.begin())).rejects.toThrow("doesn't tell");
    const named = keyNameOf(runs.versionId("AWSCURRENT"));
    standIn.register.revoke(standIn.register.byValue(first)?.id ?? "");
    const renamed = standIn.register.make(named, withScopes)?.value ?? "";
    runs.secret.values.set(runs.versionId("AWSCURRENT"), renamed);
    const old = runs.versionId("AWSCURRENT");
    await runs.rotate();
    await runs.take("revokeSecret", old);
    expect(standIn.register.live.map(({ value }) => value)).toEqual([runs.secret.current]);
  });
});

test("in an emergency AWSCURRENT's own key revokes itself, however often it is asked", async () => {
  const { standIn, first, rotator } = await sendGrid();
  const runs = new RotatedSecret({ rotator, value: first });
  const current = runs.versionId("AWSCURRENT");
  await runs.take("revokeSecret", current);
  await runs.take("revokeSecret", current);
  expect(standIn.register.live).toEqual([]);
});

describe("an only key whose roll's answer was lost", () => {
  async function lost(managed: "by itself" | "by an admin") {
    const standIn = await startOneKey();
    onTestFinished(() => standIn.close());
    const rotator = declaredRotators({ OnlyKey: { ...onlyKey, baseUrl: standIn.url } }).find(
      ({ type }) => type === "OnlyKey",
    ) as Rotator;
    const runs = new RotatedSecret({
      rotator,
      value: standIn.register.live[0]?.value ?? "",
      ...(managed === "by an admin" && { adminValue: standIn.adminCredential }),
    });
    standIn.inject({ route: "POST /key/roll", when: "after", how: "reset" });
    return { standIn, runs };
  }

  test("is rolled once more at once, by an admin's credential", async () => {
    const { standIn, runs } = await lost("by an admin");
    await runs.take("createSecret", runs.begin());
    expect(standIn.register.everMade).toHaveLength(3);
    expect(standIn.register.byValue(runs.secret.pending)).toBeDefined();
  });

  test("is lost where it manages itself, and that is told", async () => {
    const { runs } = await lost("by itself");
    await expect(runs.take("createSecret", runs.begin())).rejects.toThrow(
      "POST /key/roll was answered with status 401: the credential may not do that.",
    );
  });

  test("is not revoked while it is AWSCURRENT: there would be none", async () => {
    const { standIn, runs } = await lost("by an admin");
    standIn.heal();
    await runs.rotate();
    const current = runs.versionId("AWSCURRENT");
    runs.secret.labels.delete("AWSPENDING");
    await expect(runs.take("revokeSecret", current)).rejects.toThrow("has one key only");
    await runs.take("revokeSecret", runs.versionId("AWSPREVIOUS"));
    expect(standIn.register.byValue(runs.secret.current)).toBeDefined();
  });
});

describe("a key that a person makes", () => {
  async function byHand() {
    const standIn = await startAnthropic();
    onTestFinished(() => standIn.close());
    const first = standIn.register.make("first")?.value ?? "";
    for (const name of ["a", "b", "c"]) standIn.register.make(name);
    const rotator = like("AnthropicApiKey", { baseUrl: standIn.url });
    const runs = new RotatedSecret({ rotator, value: first, adminValue: standIn.adminKey });
    return { standIn, first, runs };
  }

  test("is asked for by its name, tested, and the old one disabled by the API", async () => {
    const { standIn, first, runs } = await byHand();
    const old = runs.versionId("AWSCURRENT");
    const token = runs.begin();
    const reply = await runs.take("createSecret", token);
    expect(reply).toMatchObject({
      ByHand: { instructions: expect.stringContaining(keyNameOf(token)) },
    });
    const made = standIn.register.make(keyNameOf(token))?.value ?? "";
    runs.secret.values.set(token, made);
    expect(await runs.take("createSecret", token)).toBeNull();
    await runs.take("testSecret", token);
    await runs.take("finishSecret", token);
    expect(runs.secret.current).toBe(made);
    await runs.take("revokeSecret", old);
    await runs.take("revokeSecret", old);
    expect(standIn.register.byValue(first)).toBeUndefined();
    expect(standIn.register.live).toHaveLength(4);
  });

  test("that doesn't work is told before anybody reads it", async () => {
    const { runs } = await byHand();
    const token = runs.begin();
    runs.secret.values.set(token, "sk-ant-mistyped");
    await expect(runs.take("testSecret", token)).rejects.toThrow("doesn't accept the key");
  });

  test("at a provider without an API is a matter of instructions alone", async () => {
    const rotators = new Map(declaredRotators().map((rotator) => [rotator.type, rotator]));
    const app = rotators.get("GitHubAppPrivateKey") as Rotator;
    const metadata = { app: "acme-deployer" };
    const runs = new RotatedSecret({ rotator: app, value: "pem", metadata });
    const token = runs.begin();
    expect(await runs.take("createSecret", token)).toMatchObject({
      ByHand: { instructions: expect.stringContaining("acme-deployer") },
    });
    runs.secret.values.set(token, "another pem");
    await runs.take("testSecret", token);
    await runs.take("finishSecret", token);
    expect(runs.secret.current).toBe("another pem");
    const old = runs.versionId("AWSPREVIOUS");
    expect(await runs.take("revokeSecret", old)).toEqual({
      ByHand: { instructions: expect.stringMatching(`acme-deployer.*delete.*version ${old}`) },
    });
    // Nobody stored one of that version, so there is none that anybody could revoke.
    expect(await runs.take("revokeSecret", runs.begin())).toBeNull();
  });

  test("has to be revoked by hand only while it is good, and never one that is in use", async () => {
    const standIn = await startOneKey();
    onTestFinished(() => standIn.close());
    const handKey = {
      title: "A key by hand",
      documentation: "https://docs.hand.example/keys",
      baseUrl: standIn.url,
      authentication: { headers: { authorization: "Bearer {credential}" } },
      strategy: "manual",
      instructions: "Make {name}.",
      test: { method: "GET", path: "/me" },
    };
    const rotator = declaredRotators({ HandKey: handKey }).at(-1) as Rotator;
    const [first] = standIn.register.live;
    const runs = new RotatedSecret({ rotator, value: first?.value ?? "" });
    const current = runs.versionId("AWSCURRENT");
    const token = runs.begin();
    runs.secret.values.set(token, first?.value ?? "");
    expect(await runs.take("revokeSecret", token)).toBeNull();
    runs.secret.values.set(token, "mistyped");
    expect(await runs.take("revokeSecret", token)).toBeNull();
    expect(await runs.take("revokeSecret", current)).toEqual({
      ByHand: {
        instructions: `At the provider revoke the key of version ${current}: https://docs.hand.example/keys`,
      },
    });
  });
});

const hints = {
  ...{ method: "GET", path: "/v3/api_keys", items: "/result", keyId: "/api_key_id" },
  ...{ name: "/name", hint: "/hint" },
};

const onlyKey = {
  title: "The only key",
  documentation: "https://docs.one.example/key",
  authentication: { headers: { authorization: "Bearer {credential}" } },
  strategy: "oneKey",
  roll: { method: "POST", path: "/key/roll", key: "/key" },
  test: { method: "GET", path: "/me" },
};
