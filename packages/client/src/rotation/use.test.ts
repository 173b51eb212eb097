import { describe, expect, test } from "vitest";
import { clientOfMemory, outage } from "../memory-store.fixture.ts";

/** A provider that knows some tokens, and counts how often it was asked with which. */
function provider(...accepted: string[]) {
  const asked: string[] = [];
  const call = async (token: string) => {
    asked.push(token);
    return { status: accepted.includes(token) ? 200 : 401 };
  };
  return { asked, call };
}

async function rotated() {
  const client = clientOfMemory();
  client.store.putSecret("api", "one");
  const token = client.secrets.secret("api");
  await client.secrets.load();
  return { ...client, token };
}

describe("use", () => {
  test("fetches and calls once more when an old token is refused", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two");
    const { asked, call } = provider("two");
    expect(await secrets.use(token, call)).toEqual({ status: 200 });
    expect(asked).toEqual(["one", "two"]);
  });

  test.each([
    ["a status of an error", Object.assign(new Error("no"), { status: 401 })],
    ["a statusCode of an error", Object.assign(new Error("no"), { statusCode: 401 })],
    ["PostgreSQL's invalid_password", Object.assign(new Error("no"), { code: "28P01" })],
  ])("knows a refusal by %s", async (_, error) => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two");
    const answer = await secrets.use(token, async (value) => {
      if (value === "one") throw error;
      return value;
    });
    expect(answer).toBe("two");
  });

  test("asks the caller's own predicate too, of results and of errors", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two");
    const isRefused = (answer: unknown) => answer === "bad key";
    const answer = await secrets.use(
      token,
      async (value) => (value === "one" ? "bad key" : "good"),
      { isRefused },
    );
    expect(answer).toBe("good");
  });

  test("leaves other failures alone", async () => {
    const { store, secrets, token } = await rotated();
    const failing = secrets.use(token, async () => Promise.reject(new Error("socket closed")));
    await expect(failing).rejects.toThrow("socket closed");
    expect(store.calls).toHaveLength(1);
  });

  test("takes a 403 for a refused token only where there is a newer one", async () => {
    const { store, clock, secrets, token } = await rotated();
    const asked: string[] = [];
    const call = async (value: string) => {
      asked.push(value);
      return { status: value === "two" ? 200 : 403 };
    };
    expect(await secrets.use(token, call)).toEqual({ status: 403 });
    expect(asked).toEqual(["one"]);
    store.putSecret("api", "two");
    clock.milliseconds += 5000;
    expect(await secrets.use(token, call)).toEqual({ status: 200 });
    expect(asked).toEqual(["one", "one", "two"]);
  });

  test("gives back the first refusal where the store can't be asked", async () => {
    const { store, secrets, token } = await rotated();
    store.failure = outage();
    const { asked, call } = provider();
    expect(await secrets.use(token, call)).toEqual({ status: 401 });
    expect(asked).toEqual(["one"]);
  });
});

describe("the overlap of a rotation", () => {
  test("is tried when the newest is refused: AWSPENDING, then AWSPREVIOUS", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two");
    store.putSecret("api", "three", "AWSPENDING");
    await token.refresh();
    const { asked, call } = provider("one");
    expect(await secrets.use(token, call)).toEqual({ status: 200 });
    expect(asked).toEqual(["two", "three", "one"]);
  });

  test("is remembered: the next call begins with what was accepted", async () => {
    const { store, clock, secrets, token } = await rotated();
    store.putSecret("api", "two", "AWSPENDING");
    const { asked, call } = provider("two");
    await secrets.use(token, call);
    await secrets.use(token, call);
    expect(asked).toEqual(["one", "two", "two"]);
    clock.milliseconds += 60_000;
    await secrets.use(token, call);
    expect(asked.slice(3)).toEqual(["one", "two"]);
  });

  test("of a parameter is the version before", async () => {
    const { store, secrets } = clientOfMemory();
    store.putParameter("/token", "one");
    store.putParameter("/token", "two");
    const { asked, call } = provider("one");
    expect(await secrets.use(secrets.parameter("/token"), call)).toEqual({ status: 200 });
    expect(asked).toEqual(["two", "one"]);
  });

  test("is not searched beyond its budget", async () => {
    const { store, clock, secrets, token } = await rotated();
    store.putSecret("api", "two", "AWSPENDING");
    store.secrets.get("api")?.stages.set("AWSPREVIOUS", "v3");
    store.secrets.get("api")?.versions.set("v3", "three");
    const asked: string[] = [];
    const call = async (value: string) => {
      asked.push(value);
      clock.milliseconds += 3000;
      return { status: 401 };
    };
    expect(await secrets.use(token, call, { budgetSeconds: 2 })).toEqual({ status: 401 });
    expect(asked).toEqual(["one", "two"]);
  });
});

test("a slow store is not asked for the newest once more when the budget is spent", async () => {
  const { store, clock, secrets, token } = await rotated();
  const { send } = store;
  const stages: (string | undefined)[] = [];
  store.send = async (...call) => {
    const [, , input] = call as unknown as [string, string, { VersionStage?: string }];
    stages.push(input.VersionStage);
    if (input.VersionStage === "AWSPENDING") clock.milliseconds += 10_000;
    return send.apply(store, call);
  };
  expect(await secrets.use(token, provider().call)).toEqual({ status: 401 });
  expect(stages).toEqual([undefined, "AWSPENDING", "AWSPREVIOUS"]);
});

/** A provider with one key, which another has replaced when it has been asked so often. */
function oneKey(...keys: (readonly [key: string, calls: number])[]) {
  const accepted = keys.flatMap(([key, calls]) => Array<string>(calls).fill(key));
  const asked: string[] = [];
  const call = async (token: string) => {
    const key = accepted[asked.push(token) - 1] ?? keys.at(-1)?.[0];
    return { status: token === key ? 200 : 401 };
  };
  return { asked, call };
}

describe("a rotation at a provider with one key", () => {
  test("may turn back before AWSPENDING is tried: then the newest is good again", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two", "AWSPENDING");
    const { asked, call } = oneKey(["two", 1], ["one", 1]);
    expect(await secrets.use(token, call)).toEqual({ status: 200 });
    expect(asked).toEqual(["one", "two", "one"]);
  });

  test("may begin once more right after it has turned back", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two", "AWSPENDING");
    await secrets.use(token, oneKey(["two", 1], ["one", 1]).call);
    store.putSecret("api", "three", "AWSPENDING");
    expect(await secrets.use(token, provider("three").call)).toEqual({ status: 200 });
  });

  test("may turn back before those who waited for the search have tried what it found", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two", "AWSPENDING");
    const { asked, call } = oneKey(["two", 50 + 1], ["one", 0]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => secrets.use(token, call)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const count = (value: string) => asked.filter((each) => each === value).length;
    // One search found "two", which the others try and then one of them searches.
    expect([count("one"), count("two")]).toEqual([50 + 1 + 48, 1 + 49 + 1]);
  });

  test("may end after the newest was looked at: AWSPENDING is gone, and AWSCURRENT is new", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two", "AWSPENDING");
    await token.refresh();
    const { send } = store;
    store.send = async (...call) => {
      const [, , input] = call as unknown as [string, string, { VersionStage?: string }];
      if (input.VersionStage === "AWSPENDING") {
        store.putSecret("api", "two");
        store.secrets.get("api")?.stages.delete("AWSPENDING");
      }
      return send.apply(store, call);
    };
    const { asked, call } = provider("two");
    expect(await secrets.use(token, call)).toEqual({ status: 200 });
    expect(asked.at(-1)).toBe("two");
  });
});

describe("many callers who are refused together", () => {
  test("cause one fetch", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two");
    const { call } = provider("two");
    const answers = await Promise.all(Array.from({ length: 50 }, () => secrets.use(token, call)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(store.calls).toHaveLength(2);
  });

  test("cause one search, and all take what it found", async () => {
    const { store, secrets, token } = await rotated();
    store.putSecret("api", "two");
    store.putSecret("api", "three", "AWSPENDING");
    await token.refresh();
    const { asked, call } = provider("one");
    const answers = await Promise.all(Array.from({ length: 50 }, () => secrets.use(token, call)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const count = (value: string) => asked.filter((each) => each === value).length;
    expect([count("two"), count("three"), count("one")]).toEqual([50, 1, 50]);
    expect(store.calls).toHaveLength(2 + 1 + 2);
  });

  test("of a token that is dead for good ask the store every five seconds at most", async () => {
    const { store, clock, secrets, token } = await rotated();
    const { asked, call } = provider();
    for (let each = 0; each < 50; each++) {
      expect(await secrets.use(token, call)).toEqual({ status: 401 });
      clock.milliseconds += 90;
    }
    // Each caller once, and the one search the newest once more.
    expect(asked).toHaveLength(50 + 1);
    expect(store.calls).toHaveLength(1 + 1 + 2 + 1);
    clock.milliseconds += 5000;
    await secrets.use(token, call);
    expect(store.calls.length).toBeGreaterThan(4);
  });
});

test("a fetch that began before the refusal does not count as newer", async () => {
  const { store, clock, secrets, token } = await rotated();
  let open = () => {};
  store.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  clock.milliseconds += 265_000;
  const { asked, call } = provider("two");
  await token.get();
  for (let each = 0; each < 3; each++) await new Promise(setImmediate);
  store.putSecret("api", "two");
  const answer = secrets.use(token, call);
  open();
  expect(await answer).toEqual({ status: 200 });
  expect(asked).toEqual(["one", "two"]);
});

test("a secret that is read through Parameter Store has a rotation as well", async () => {
  const name = "/aws/reference/secretsmanager/api";
  const { store, secrets } = clientOfMemory();
  const token = secrets.parameter(name);
  const reply = (value: string, versionId: string) => ({
    Parameter: {
      Name: name,
      Value: value,
      Version: 0,
      SourceResult: JSON.stringify({ name: "api", versionId, secretString: value }),
    },
  });
  let current = reply("one", "v-one");
  store.send = async () => current;
  expect((await token.get()).version).toBe("v-one");
  current = reply("two", "v-two");
  const { asked, call } = provider("two");
  expect(await secrets.use(token, call)).toEqual({ status: 200 });
  expect(asked).toEqual(["one", "two"]);

  const previous = reply("three", "v-three");
  store.send = async (_service, _operation, { Name }: { Name?: string }) =>
    Name === `${name}:AWSPREVIOUS` ? previous : current;
  expect(await secrets.use(token, provider("three").call)).toEqual({ status: 200 });
});
