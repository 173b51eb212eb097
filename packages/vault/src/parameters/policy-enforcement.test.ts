/** Policies as time goes by: what has expired is gone at once, and each notice comes once. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countParameters } from "./counts.ts";
import { scope, TestParameters } from "./parameters.fixture.ts";

const hour = 3_600_000;
const day = 24 * hour;
const arn = "arn:aws:ssm:us-east-1:123456789012:parameter/p/x";

let store: TestParameters;
let start: number;
beforeEach(async () => {
  store = await TestParameters.open();
  start = store.clock.time;
});
afterEach(() => store.close());

const policy = (Type: string, Attributes: object) => ({ Type, Version: "1.0", Attributes });
const expiration = (days: number) =>
  policy("Expiration", { Timestamp: new Date(start + days * day).toISOString() });
const before = (Before: string) => policy("ExpirationNotification", { Before, Unit: "Days" });
const unchanged = (After: string) => policy("NoChangeNotification", { After, Unit: "Days" });

function put(name: string, ...policies: readonly object[]) {
  return store.put(name, {
    value: "v",
    tier: "Advanced",
    isOverwrite: true,
    policies: JSON.stringify(policies),
  });
}

async function onDay(days: number): Promise<string[]> {
  store.clock.time = start + days * day;
  const known = store.notices.given.length;
  await store.parameters.enforcePolicies();
  return store.notices.given.slice(known).map(({ kind }) => kind);
}

const notFound = expect.objectContaining({ code: "ParameterNotFound" });

describe("an expired parameter", () => {
  it("is gone for every read and list, though nobody has removed it", async () => {
    await put("/p/x", expiration(1));
    await put("/p/x", expiration(1));
    await store.label("/p/x", ["prod"]);
    store.clock.time = start + day - 1;
    expect(await store.value("/p/x:prod")).toBe("v");
    store.clock.time = start + day;
    for (const name of ["/p/x", "/p/x:1", "/p/x:prod"]) {
      await expect(store.read(name)).rejects.toEqual(notFound);
    }
    await expect(store.history("/p/x", 10)).rejects.toEqual(notFound);
    await expect(store.delete("/p/x")).rejects.toEqual(notFound);
    await expect(store.label("/p/x", ["a"])).rejects.toEqual(notFound);
    expect((await store.byPath("/p")).items).toEqual([]);
    expect((await store.describe([])).items).toEqual([]);
    expect((await store.describe([{ key: "Name", values: ["/p/x"] }])).items).toEqual([]);
  });

  it("is removed with all its versions, and that is told once", async () => {
    await put("/p/x", expiration(1));
    await put("/p/x", expiration(1));
    expect(await onDay(0.9)).toEqual([]);
    expect(await onDay(1.5)).toEqual(["Expiration"]);
    expect(store.notices.given[0]).toEqual({
      kind: "Expiration",
      arn,
      name: "/p/x",
      type: "parameter",
      time: start + day,
      tags: {},
    });
    expect(await countParameters(store.storage, scope)).toEqual({ Standard: 0, Advanced: 0 });
    expect(await onDay(2)).toEqual([]);
    store.clock.time = start;
    await expect(store.read("/p/x")).rejects.toEqual(notFound);
  });

  it("makes room for a namesake, which begins anew, and its end is told all the same", async () => {
    await put("/p/x", expiration(1));
    await store.label("/p/x", ["prod"]);
    store.clock.time = start + 2 * day;
    expect(await store.put("/p/x", { value: "new" })).toEqual({ version: 1, tier: "Standard" });
    expect(store.notices.given.map(({ kind }) => kind)).toEqual(["Expiration"]);
    expect(await store.value("/p/x")).toBe("new");
    await expect(store.read("/p/x:prod")).rejects.toThrow(/could not find label prod/);
    expect(await onDay(3)).toEqual([]);
  });

  it("has another end once the policy has another, and none without it", async () => {
    await put("/p/x", expiration(1));
    await put("/p/x", expiration(5));
    expect(await onDay(2)).toEqual([]);
    await put("/p/x", {});
    expect(await onDay(6)).toEqual([]);
    expect(await store.value("/p/x")).toBe("v");
  });
});

describe("notices", () => {
  it("come once for each moment, also if it was missed", async () => {
    await put("/p/x", expiration(30), before("15"), before("5"));
    expect(await onDay(14)).toEqual([]);
    expect(await onDay(15)).toEqual(["ExpirationNotification"]);
    expect(await onDay(20)).toEqual([]);
    expect(await onDay(31)).toEqual(["ExpirationNotification", "Expiration"]);
  });

  it("come again only for another moment", async () => {
    await put("/p/x", expiration(30), before("15"));
    expect(await onDay(16)).toEqual(["ExpirationNotification"]);
    await put("/p/x", expiration(30), before("15"));
    expect(await onDay(17)).toEqual([]);
    await put("/p/x", expiration(40), before("15"));
    expect(await onDay(24)).toEqual([]);
    expect(await onDay(25)).toEqual(["ExpirationNotification"]);
  });

  it("of no change begin anew with each change, which labels and tags are not", async () => {
    await put("/p/x", unchanged("20"));
    expect(await onDay(19)).toEqual([]);
    await store.put("/p/x", { value: "w", isOverwrite: true });
    expect(await onDay(38)).toEqual([]);
    await store.label("/p/x", ["prod"]);
    expect(await onDay(39)).toEqual(["NoChangeNotification"]);
    expect(store.notices.given[0]?.time).toBe(start + 39 * day);
    expect(await onDay(90)).toEqual([]);
  });

  it("that could not be given come at the next sweep, and hold up no other", async () => {
    await put("/p/x", expiration(1));
    store.notices.isDeaf = true;
    await expect(onDay(2)).rejects.toThrow("nobody hears");
    store.notices.isDeaf = false;
    expect(await onDay(2)).toEqual(["Expiration"]);
    expect(await onDay(2)).toEqual([]);
  });

  it("of more parameters than a batch all come", async () => {
    const names = Array.from({ length: 130 }, (_, at) => `/many/${at}`);
    await Promise.all(names.map((name) => put(name, unchanged("1"))));
    expect(await onDay(2)).toHaveLength(130);
    expect(await onDay(3)).toEqual([]);
  });
});

describe("what has become of a policy", () => {
  const statuses = async () => {
    const { items } = await store.history("/p/x", 10);
    const record = items.at(-1)?.record;
    return record && store.parameters.policiesOf(record).map(({ status }) => status);
  };

  it("is shown", async () => {
    await put("/p/x", expiration(30), before("15"), unchanged("20"));
    expect(await statuses()).toEqual(["Pending", "Pending", "Pending"]);
    store.clock.time = start + 16 * day;
    expect(await statuses()).toEqual(["Pending", "InProgress", "Pending"]);
    await onDay(16);
    expect(await statuses()).toEqual(["Pending", "Finished", "Pending"]);
  });
});
