import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Filter } from "./filters.ts";
import type { ListQuery } from "./listing.ts";
import { day, TestSecrets, token } from "./secrets.fixture.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
  await shelf.create("prod/stripe", "v", { description: "Key of the PaymentProvider" });
  shelf.now += 1000;
  await shelf.create("prod/SendGrid", "v", { tags: { team: "mail", Owner: "Ana" } });
  shelf.now += 1000;
  await shelf.create("dev/stripe", "v", { tags: { team: "payments" } });
  shelf.now += 1000;
  await shelf.create("dev/old", "v");
  await shelf.delete("dev/old", 30);
});
afterAll(() => shelf.close());

describe("order", () => {
  test("by creation, unless another one is asked for, and both ways", async () => {
    const created = ["prod/stripe", "prod/SendGrid", "dev/stripe"];
    expect(await shelf.names()).toEqual(created);
    expect(await shelf.names({ isDescending: true })).toEqual(created.toReversed());
    expect(await shelf.names({ sortBy: "name" })).toEqual([
      "dev/stripe",
      "prod/SendGrid",
      "prod/stripe",
    ]);
  });

  test("by last change and by last access", async () => {
    shelf.now += 1000;
    await shelf.put("prod/stripe", "w", token(1));
    expect(await shelf.names({ sortBy: "last-changed-date" })).toEqual([
      "prod/SendGrid",
      "dev/stripe",
      "prod/stripe",
    ]);
    shelf.now += day;
    await shelf.get("prod/SendGrid");
    const lastAccessed = () => shelf.names({ sortBy: "last-accessed-date", isDescending: true });
    await expect
      .poll(async () => (await lastAccessed())[0], { timeout: 5000 })
      .toBe("prod/SendGrid");
  });

  test("secrets scheduled for deletion only on asking", async () => {
    expect(await shelf.names({ isPlannedDeletionIncluded: true })).toContain("dev/old");
    expect(await shelf.names()).not.toContain("dev/old");
  });
});

describe("pages", () => {
  const everything: Partial<ListQuery> = { isPlannedDeletionIncluded: true };

  test.each([
    { sortBy: "created-date", isDescending: false },
    { sortBy: "name", isDescending: true },
    { sortBy: "last-accessed-date", isDescending: true },
  ] as const)("$sortBy: one after the other they are the whole list", async (order) => {
    const whole = await shelf.names({ ...everything, ...order });
    const paged: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await shelf.list({ ...everything, ...order, maxResults: 1, nextToken });
      expect(page.secrets).toHaveLength(1);
      paged.push(...page.secrets.map(({ name }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(paged).toEqual(whole);
  });

  test("a token is good for the list that gave it, and unchanged", async () => {
    const { nextToken = "" } = await shelf.list({ maxResults: 1 });
    const refused = { code: "InvalidNextTokenException" };
    const other = nextToken.startsWith("A") ? "B" : "A";
    for (const forged of [
      other + nextToken.slice(1),
      `${nextToken}AAAA`,
      nextToken.slice(0, 20),
      "not a token",
      Buffer.from("123456789012/us-east-1/").toString("base64url"),
    ]) {
      await expect(shelf.list({ maxResults: 1, nextToken: forged })).rejects.toMatchObject(refused);
    }
    await expect(shelf.list({ sortBy: "name", nextToken })).rejects.toMatchObject(refused);
    await expect(
      shelf.list({ filters: [{ key: "name", values: ["p"] }], nextToken }),
    ).rejects.toMatchObject(refused);
    expect((await shelf.list({ maxResults: 2, nextToken })).secrets).toHaveLength(2);
  });
});

describe("filters", () => {
  const filtered: [string, Filter[], string[]][] = [
    ["a name begins so, in its case", [{ key: "name", values: ["prod/s"] }], ["prod/stripe"]],
    [
      "one of several values",
      [{ key: "name", values: ["prod/S", "dev"] }],
      ["prod/SendGrid", "dev/stripe"],
    ],
    ["not", [{ key: "name", values: ["!prod"] }], ["dev/stripe"]],
    ["not these, but of those", [{ key: "name", values: ["prod", "!prod/S"] }], ["prod/stripe"]],
    ["a tag's key, in its case", [{ key: "tag-key", values: ["own"] }], []],
    ["a tag's key", [{ key: "tag-key", values: ["Own"] }], ["prod/SendGrid"]],
    ["no such tag", [{ key: "tag-key", values: ["!team"] }], ["prod/stripe"]],
    ["a tag's value", [{ key: "tag-value", values: ["pay"] }], ["dev/stripe"]],
    [
      "all filters together",
      [
        { key: "name", values: ["prod"] },
        { key: "tag-key", values: ["team"] },
      ],
      ["prod/SendGrid"],
    ],
    ["words of a description", [{ key: "description", values: ["provider KEY"] }], ["prod/stripe"]],
    ["not all the words", [{ key: "description", values: ["key missing"] }], []],
    ["words anywhere", [{ key: "all", values: ["pay"] }], ["prod/stripe", "dev/stripe"]],
    ["words of a name", [{ key: "all", values: ["grid"] }], ["prod/SendGrid"]],
    ["words of one text", [{ key: "all", values: ["grid prod"] }], ["prod/SendGrid"]],
    ["words of two texts", [{ key: "all", values: ["stripe payment"] }], []],
    ["no word at all", [{ key: "all", values: ["+"] }], []],
    ["no other service's", [{ key: "owning-service", values: ["rds"] }], []],
  ];
  test.each(filtered)("%s", async (_what, filters, names) => {
    expect(await shelf.names({ filters })).toEqual(names);
  });
});
