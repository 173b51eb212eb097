import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Conflict, table } from "../storage/storage.ts";
import { awsLimits, countKey, countParameters } from "./counts.ts";
import { allPages, scope, TestParameters } from "./parameters.fixture.ts";
import { type ParameterTier, parameterTable, scopeKey, versionTable } from "./records.ts";

let store: TestParameters;
beforeAll(async () => {
  store = await TestParameters.open();
});
afterAll(() => store.close());

const refusal = (code: string) => expect.objectContaining({ code });

describe("values", () => {
  it("come back, whatever the type", async () => {
    await store.put("/types/string", { value: "päss" });
    await store.put("/types/list", { value: "a,b", type: "StringList" });
    await store.put("/types/secure", { value: "s3cret", type: "SecureString" });
    await store.put("/types/large", {
      value: "x".repeat(8192),
      type: "SecureString",
      tier: "Advanced",
    });
    expect(await store.value("/types/string")).toBe("päss");
    expect(await store.value("/types/list")).toBe("a,b");
    expect(await store.value("/types/secure")).toBe("s3cret");
    expect(await store.value("/types/large")).toHaveLength(8192);
  });

  it("of secure strings are ciphertext until they are decrypted", async () => {
    const read = await store.read("/types/secure");
    expect(await store.parameters.value(read)).toMatch(/^[A-Za-z0-9+/]{40,}=*$/);
  });

  it("do not open when their rows are swapped", async () => {
    await store.put("/swap/one", { value: "1" });
    await store.put("/swap/other", { value: "2" });
    await store.put("/swap/secure", { value: "3", type: "SecureString" });
    await store.put("/swap/secure", { value: "4", type: "SecureString", isOverwrite: true });
    await swap("/swap/one", "/swap/other");
    await expect(store.value("/swap/one")).rejects.toThrow("Sealed data did not open");
    const [older, newer] = await store.storage.list(versionTable, {
      prefix: `${scopeKey(scope)}/swap/secure:`,
      limit: 2,
    });
    if (older === undefined || newer === undefined) throw new Error("two versions expected");
    await store.storage.commit([
      { type: "put", table: versionTable, key: newer.key, body: newer.body, sealed: older.sealed },
    ]);
    await expect(store.value("/swap/secure:2")).rejects.toThrow("Sealed data did not open");
  });

  async function swap(name: string, other: string): Promise<void> {
    const rows = await store.storage.getMany(parameterTable, [
      `${scopeKey(scope)}${name}`,
      `${scopeKey(scope)}${other}`,
    ]);
    const [one, two] = rows;
    if (one === undefined || two === undefined) throw new Error("both rows expected");
    await store.storage.commit([
      { type: "put", table: parameterTable, key: one.key, body: one.body, sealed: two.sealed },
    ]);
  }

  it("have fingerprints that are equal where they are", async () => {
    await store.put("/same/a", { value: "same" });
    await store.put("/same/b", { value: "same", type: "SecureString" });
    await store.put("/same/c", { value: "other" });
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => store.read(`/same/${name}`)));
    expect(a?.record.fingerprint).toBe(b?.record.fingerprint);
    expect(a?.record.fingerprint).not.toBe(c?.record.fingerprint);
  });
});

describe("names", () => {
  it("with and without the first slash are one parameter, answered as asked", async () => {
    await store.put("plain", { value: "v" });
    expect((await store.read("/plain")).name).toBe("/plain");
    expect((await store.read("plain")).name).toBe("plain");
    expect((await store.read("arn:aws:ssm:us-east-1:123456789012:parameter/plain")).name).toBe(
      "plain",
    );
    await expect(store.put("/plain", { value: "v" })).rejects.toThrow(
      refusal("ParameterAlreadyExists"),
    );
  });

  it("are case sensitive", async () => {
    await store.put("/case/Name", { value: "v" });
    await expect(store.read("/case/name")).rejects.toThrow(refusal("ParameterNotFound"));
  });

  it("of another region name nothing here", async () => {
    const elsewhere = "arn:aws:ssm:eu-west-1:123456789012:parameter/plain";
    await expect(store.read(elsewhere)).rejects.toThrow(refusal("ParameterNotFound"));
  });
});

describe("versions", () => {
  it("are read by their number", async () => {
    await store.put("/v/x", { value: "one" });
    await store.put("/v/x", { value: "two", isOverwrite: true });
    expect(await store.value("/v/x")).toBe("two");
    expect(await store.value("/v/x:1")).toBe("one");
    expect((await store.read("/v/x:1")).selector).toBe("1");
    await expect(store.read("/v/x:9")).rejects.toThrow(
      "Systems Manager could not find version 9 of /v/x. Verify the version and try again.",
    );
    await expect(store.read("/v/x:prod")).rejects.toThrow(refusal("ParameterVersionNotFound"));
    await expect(store.read("/v/y:1")).rejects.toThrow(refusal("ParameterNotFound"));
  });

  it("are written one after the other by writers at the same time", async () => {
    await store.put("/v/race", { value: "0" });
    const written = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        store.put("/v/race", { value: `${at}`, isOverwrite: true }),
      ),
    );
    expect(written.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("page through the history, and its tokens are good for nothing else", async () => {
    for (let at = 0; at < 7; at++) await store.put("/v/h", { value: `${at}`, isOverwrite: true });
    const versions = await allPages(3, (token) => store.history("/v/h", 3, token));
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const { nextToken = "" } = await store.history("/v/h", 3);
    const changed = `${nextToken.slice(0, -1)}${nextToken.endsWith("A") ? "B" : "A"}`;
    for (const [name, token] of [
      ["/v/x", nextToken],
      ["/v/h", changed],
      ["/v/h", "made-up"],
    ] as const) {
      await expect(store.history(name, 3, token)).rejects.toThrow(refusal("InvalidNextToken"));
    }
  });

  it("are kept to the last hundred", async () => {
    for (let at = 1; at <= 100; at++)
      await store.put("/v/m", { value: `${at}`, isOverwrite: true });
    expect(await store.value("/v/m:1")).toBe("1");
    await store.put("/v/m", { value: "101", isOverwrite: true });
    await expect(store.read("/v/m:1")).rejects.toThrow(refusal("ParameterVersionNotFound"));
    expect(await store.value("/v/m:2")).toBe("2");
    await store.delete("/v/m");
    const left = { prefix: `${scopeKey(scope)}/v/m:`, limit: 1 };
    expect(await store.storage.list(versionTable, left)).toEqual([]);
  });

  it("of a deleted parameter are gone, also under its old name", async () => {
    await store.put("/v/gone", { value: "1" });
    await store.put("/v/gone", { value: "2", isOverwrite: true });
    await store.delete("/v/gone");
    await expect(store.read("/v/gone")).rejects.toThrow(refusal("ParameterNotFound"));
    await expect(store.delete("/v/gone")).rejects.toThrow(refusal("ParameterNotFound"));
    expect(await store.put("/v/gone", { value: "3" })).toMatchObject({ version: 1 });
    await expect(store.read("/v/gone:2")).rejects.toThrow(refusal("ParameterVersionNotFound"));
  });
});

describe("a permit", () => {
  const tagged = (team: string) => ({ value: team, tags: [{ key: "team", value: team }] });
  const grantNothing = () => Promise.reject(new Error("a String has no key"));

  it("changes nothing of a namesake with other tags, which policies were never asked about", async () => {
    await store.put("/permit/x", tagged("one"));
    const toDelete = await store.permit("ssm:DeleteParameter", "/permit/x");
    const toPut = await store.permit("ssm:PutParameter", "/permit/x");
    await store.delete("/permit/x");
    await store.put("/permit/x", tagged("two"));
    await expect(store.parameters.delete(toDelete)).rejects.toBeInstanceOf(Conflict);
    const change = { value: "three", isOverwrite: true, tags: [], modifiedBy: "" };
    const put = store.parameters.put(toPut, change, grantNothing);
    await expect(put).rejects.toBeInstanceOf(Conflict);
    expect(await store.value("/permit/x")).toBe("two");
  });

  it("is still good after a change that leaves the tags as they were", async () => {
    await store.put("/permit/y", tagged("one"));
    const toDelete = await store.permit("ssm:DeleteParameter", "/permit/y");
    await store.put("/permit/y", { value: "newer", isOverwrite: true });
    await store.parameters.delete(toDelete);
    await expect(store.read("/permit/y")).rejects.toThrow(refusal("ParameterNotFound"));
  });

  it("shows no history of a namesake", async () => {
    await store.put("/permit/z", { value: "one" });
    const toRead = await store.permit("ssm:GetParameterHistory", "/permit/z");
    await store.delete("/permit/z");
    await store.put("/permit/z", { value: "two" });
    const page = await store.parameters.history(toRead, { limit: 10, token: undefined });
    expect(page).toEqual({ items: [], nextToken: undefined });
  });
});

describe("the limit on parameters", () => {
  it("counts them by tier, exactly, also when many are made at once", async () => {
    const before = await countParameters(store.storage, scope);
    const names = Array.from({ length: 40 }, (_, at) => `/count/${at}`);
    await Promise.all(names.map((name) => store.put(name, { value: "v" })));
    await store.put("/count/0", { value: "v", tier: "Advanced", isOverwrite: true });
    await Promise.all(names.slice(30).map((name) => store.delete(name)));
    expect(await countParameters(store.storage, scope)).toEqual({
      Standard: before.Standard + 29,
      Advanced: before.Advanced + 1,
    });
  });

  async function count(tier: ParameterTier, amount: number): Promise<void> {
    const key = countKey(scope, tier);
    await store.storage.commit([{ type: "add", table: table("counts"), key, amount }]);
  }

  it("stops new standard ones and lets the rest go on", async () => {
    await store.put("/limit/there", { value: "v" });
    await count("Standard", awsLimits.Standard);
    await expect(store.put("/limit/x", { value: "v" })).rejects.toThrow(
      "You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).",
    );
    expect(await store.put("/limit/x", { value: "v", tier: "Intelligent-Tiering" })).toMatchObject({
      tier: "Advanced",
    });
    expect(
      await store.put("/limit/there", { value: "w", isOverwrite: true, tier: "Standard" }),
    ).toMatchObject({ version: 2 });
    await count("Standard", -awsLimits.Standard);
    expect(await store.put("/limit/y", { value: "v" })).toMatchObject({ tier: "Standard" });
  });

  it("leaves room where others have expired", async () => {
    const { Advanced } = await countParameters(store.storage, scope);
    await count("Advanced", awsLimits.Advanced - Advanced - 1);
    const ending = (name: string) => {
      const Timestamp = new Date(store.clock.time + 1000).toISOString();
      const policies = [{ Type: "Expiration", Version: "1.0", Attributes: { Timestamp } }];
      return store.put(name, {
        value: "v",
        tier: "Advanced",
        policies: JSON.stringify(policies),
      });
    };
    await ending("/limit/a");
    await expect(ending("/limit/b")).rejects.toThrow(refusal("ParameterLimitExceeded"));
    store.clock.time += 2000;
    await ending("/limit/b");
    await count("Advanced", Advanced + 1 - awsLimits.Advanced);
  });
});

describe("a filter", () => {
  it("finds no tag by a name that every object has", async () => {
    await store.put("/filter/untagged", { value: "1" });
    for (const [option, values] of [
      ["BeginsWith", ["O"]],
      ["Equals", undefined],
    ] as const) {
      const found = await store.describe([{ key: "tag:constructor", option, values }]);
      expect(found.items).toEqual([]);
    }
  });
});

describe("a page", () => {
  it("looks at so many parameters and no more, and the next goes on from there", async () => {
    const { record: body } = await store.read("/types/string");
    const inserted = Array.from({ length: 1500 }, (_, at) => ({
      type: "put" as const,
      table: parameterTable,
      key: `${scopeKey(scope)}/zz/${at}`,
      body: { ...body, name: `/zz/${at}`, type: at === 1499 ? "StringList" : body.type } as never,
      sealed: new Uint8Array(1),
    }));
    await store.storage.commit(inserted);
    const filters = [
      { key: "Type", values: ["StringList"] },
      { key: "Path", option: "Recursive", values: ["/zz"] },
    ];
    // In the order of keys, 1499 comes behind some 550 others: within the first page's look.
    const found = await allPages(10, (token) => store.describe(filters, 10, token));
    expect(found.map(({ record }) => record.name)).toEqual(["/zz/1499"]);
    const none = [{ key: "Type", values: ["SecureString"] }, ...filters.slice(1)];
    const first = await store.describe(none, 10);
    expect(first.items).toEqual([]);
    expect(first.nextToken).toBeDefined();
    expect((await store.describe(none, 10, first.nextToken)).nextToken).toBeUndefined();
  });
});
