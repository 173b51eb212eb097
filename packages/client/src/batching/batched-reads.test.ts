import { describe, expect, test } from "vitest";
import { clientOfMemory, outage, refused, settle } from "../memory-store.fixture.ts";

const names = (count: number) => Array.from({ length: count }, (_, at) => `name${at}`);

function filled(count: number) {
  const client = clientOfMemory();
  for (const name of names(count)) {
    client.store.putSecret(name, `value of ${name}`);
    client.store.putParameter(`/${name}`, `value of ${name}`);
  }
  return client;
}

describe("reads of one tick", () => {
  test("of forty secrets are two calls, each with its own value", async () => {
    const { store, secrets } = filled(40);
    const values = await Promise.all(names(40).map((name) => secrets.secret(name).get()));
    expect(values.map((value) => value.reveal())).toEqual(
      names(40).map((name) => `value of ${name}`),
    );
    expect(store.operations()).toEqual(["BatchGetSecretValue", "BatchGetSecretValue"]);
  });

  test("of eleven parameters are a batch of ten and a single one", async () => {
    const { store, secrets } = filled(11);
    const values = await Promise.all(names(11).map((name) => secrets.parameter(`/${name}`).get()));
    expect(values.map((value) => value.reveal())).toEqual(
      names(11).map((name) => `value of ${name}`),
    );
    expect(store.operations()).toEqual(["GetParameters", "GetParameter"]);
  });

  test("merge also from within promises that are settled already", async () => {
    const { store, secrets } = filled(3);
    const read = async (name: string, depth: number) => {
      for (let each = 0; each < depth; each++) await Promise.resolve();
      return secrets.secret(name).get();
    };
    await Promise.all(names(3).map((name, at) => read(name, at * 5)));
    expect(store.operations()).toEqual(["BatchGetSecretValue"]);
  });

  test("one alone is a single read", async () => {
    const { store, secrets } = filled(1);
    await secrets.secret("name0").get();
    await secrets.parameter("/name0").get();
    expect(store.operations()).toEqual(["GetSecretValue", "GetParameter"]);
  });

  test("take versions of parameters along, other stages of secrets alone", async () => {
    const { store, secrets } = filled(2);
    store.putParameter("/name0", "newer");
    store.putSecret("name0", "newer");
    const values = await Promise.all([
      secrets.parameter("/name0").get(),
      secrets.parameter("/name0", { version: 1 }).get(),
      secrets.secret("name0").get(),
      secrets.secret("name1").get(),
      secrets.secret("name0", { versionStage: "AWSPREVIOUS" }).get(),
    ]);
    expect(values.map((value) => value.reveal())).toEqual([
      "newer",
      "value of name0",
      "newer",
      "value of name1",
      "value of name0",
    ]);
    expect(store.operations().sort()).toEqual([
      "BatchGetSecretValue",
      "GetParameters",
      "GetSecretValue",
    ]);
  });
});

describe("what fails in a batch", () => {
  test("fails alone", async () => {
    const { store, secrets } = filled(3);
    store.denied.add("name1");
    const results = await Promise.allSettled(
      [...names(3), "missing"].map((name) => secrets.secret(name).get()),
    );
    expect(results.map((each) => each.status === "rejected" && each.reason.code)).toEqual([
      false,
      "AccessDenied",
      false,
      "NotFound",
    ]);
    const parameters = await Promise.allSettled(
      ["/name0", "/missing"].map((name) => secrets.parameter(name).get()),
    );
    expect(parameters.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(store.operations()).toEqual(["BatchGetSecretValue", "GetParameters"]);
  });

  test("by one denied name is read one by one, this once", async () => {
    const { store, secrets } = filled(6);
    store.denied.add("/name1");
    const read = (from: number) =>
      Promise.allSettled(
        names(from + 3)
          .slice(from)
          .map((name) => secrets.parameter(`/${name}`).get()),
      );
    expect((await read(0)).map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    await read(3);
    const operations = ["GetParameters", ...Array(3).fill("GetParameter"), "GetParameters"];
    expect(store.operations()).toEqual(operations);
  });

  test("for want of permission is not tried again for a while", async () => {
    const { store, clock, secrets } = filled(6);
    store.denied.add("GetParameters");
    const read = (...at: number[]) =>
      Promise.all(at.map((each) => secrets.parameter(`/name${each}`).get()));
    await read(0, 1);
    await read(2, 3);
    expect(store.operations()).toEqual(["GetParameters", ...Array(4).fill("GetParameter")]);
    clock.milliseconds += 300_000;
    await read(4, 5);
    expect(store.operations()[5]).toBe("GetParameters");
  });

  test("by permission of batches only is read in batches of one", async () => {
    const { store, secrets } = filled(6);
    store.denied.add("GetParameter");
    expect((await secrets.parameter("/name0").get()).reveal()).toBe("value of name0");
    expect((await secrets.parameter("/name1").get()).reveal()).toBe("value of name1");
    expect(store.operations()).toEqual(["GetParameter", "GetParameters", "GetParameters"]);
    store.denied.add("/name3");
    const results = await Promise.allSettled(
      ["/name2", "/name3", "/missing"].map((name) => secrets.parameter(name).get()),
    );
    expect(results.map((each) => each.status === "rejected" && each.reason.code)).toEqual([
      false,
      "AccessDenied",
      "NotFound",
    ]);
    expect(store.operations().slice(3)).toEqual(Array(4).fill("GetParameters"));
  });

  test("of one who may read others alone is asked once", async () => {
    const { store, secrets } = filled(2);
    await secrets.parameter("/name0").get();
    store.denied.add("/name1");
    await expect(secrets.parameter("/name1").get()).rejects.toMatchObject({ code: "AccessDenied" });
    await expect(secrets.secret("/name1").get()).rejects.toMatchObject({ code: "AccessDenied" });
    expect(store.operations()).toEqual(["GetParameter", "GetParameter", "GetSecretValue"]);
  });

  test("without a text of its own fails alone", async () => {
    const { store, secrets } = filled(2);
    store.putParameter("/odd", undefined as unknown as string);
    const results = await Promise.allSettled(
      ["/name0", "/name1", "/odd"].map((name) => secrets.parameter(name).get()),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  });

  test("by permission of single reads only is remembered for each service", async () => {
    const { store, secrets } = filled(4);
    store.denied.add("BatchGetSecretValue");
    await Promise.all(names(2).map((name) => secrets.secret(name).get()));
    await Promise.all(names(2).map((name) => secrets.parameter(`/${name}`).get()));
    await Promise.all(["name2", "name3"].map((name) => secrets.secret(name).get()));
    expect(store.operations()).toEqual([
      "BatchGetSecretValue",
      "GetSecretValue",
      "GetSecretValue",
      "GetParameters",
      "GetSecretValue",
      "GetSecretValue",
    ]);
  });

  test("for the caller's own credentials is not read one by one", async () => {
    for (const code of ["UnrecognizedClientException", "InvalidSignatureException"]) {
      const { store, secrets } = filled(20);
      store.failure = refused(code);
      await Promise.allSettled(names(20).map((name) => secrets.secret(name).get()));
      expect(store.operations()).toEqual(["BatchGetSecretValue"]);
    }
  });

  test("by an outage is not read one by one", async () => {
    const { store, secrets } = filled(20);
    store.failure = outage();
    const results = await Promise.allSettled(names(20).map((name) => secrets.secret(name).get()));
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(store.operations()).toEqual(Array(3).fill("BatchGetSecretValue"));
  });
});

test("a batch goes on without those who left, and ends when all have", async () => {
  const { store, secrets } = filled(3);
  let open = () => {};
  store.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const leaver = new AbortController();
  const [left, stayed] = names(2).map((name, at) =>
    secrets.secret(name).get({ signal: at === 0 ? leaver.signal : undefined }),
  );
  await settle();
  leaver.abort();
  await expect(left).rejects.toMatchObject({ code: "Aborted" });
  open();
  expect((await stayed)?.reveal()).toBe("value of name1");
  expect(store.operations()).toEqual(["BatchGetSecretValue"]);
});
