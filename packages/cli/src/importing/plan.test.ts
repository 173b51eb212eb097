import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEnvFile } from "../env-files/env-file.ts";
import { filled, specimens } from "../key-shapes/specimens.fixture.ts";
import { printed, readReference } from "../stores/reference.ts";
import type { Target } from "./destination.ts";
import { planOf } from "./plan.ts";
import type { Source } from "./source.ts";

const target: Target = { app: "shop", environment: "production", store: "ssm" };
const stripe = (seed: string) => filled("sk|_live_{24}", seed);

function source(text: string, path = ".env"): Source {
  const bytes = Buffer.from(text);
  return { path, realPath: `/project/${path}`, bytes, file: readEnvFile(bytes, path) };
}

function places(text: string, to: Target = target) {
  return planOf([source(text)], to).items.map(({ reference }) => printed(reference));
}

describe("a value goes", () => {
  test.each([
    [`STRIPE_KEY=${stripe("")}`, "stripe/api_key"],
    [`PAYMENTS=${stripe("")}`, "stripe/api_key"],
    ["DB_PASSWORD=correct horse", "db/password"],
    ["SESSION_SECRET=correct horse", "session/secret"],
    ["BILLING_SERVICE_API_KEY=correct horse", "billing_service/api_key"],
    ["SECRET_KEY=correct horse", "app/secret_key"],
    ["API_KEY=correct horse", "app/api_key"],
    ["LOG_LEVEL=info", "config/log_level"],
    ["DB_HOST=db.internal", "db/host"],
    ["PORT=80", "config/port"],
    ["APP_KEY=correct horse", "app/key"],
    ["---=correct horse", "app/unnamed"],
  ])("%s to …/%s", (line, place) => {
    expect(places(line)).toEqual([`ssm:/shop/production/${place}`]);
  });

  test.each([
    [`STRIPE_KEY=${stripe("")}`, "secretsmanager:production/stripe/api#key"],
    ["DB_PASSWORD=correct horse", "secretsmanager:production/db/credentials#password"],
    [`AWS_ACCESS_KEY_ID=${filled("AK|IA{16u}")}`, "secretsmanager:production/aws/access_key#id"],
    [`AWS_SECRET_ACCESS_KEY=${filled("{40}")}`, "secretsmanager:production/aws/access_key#secret"],
    ["LOG_LEVEL=info", "ssm:/shop/production/config/log_level"],
  ])("%s to %s, as a secret", (line, place) => {
    expect(places(line, { ...target, store: "secretsmanager" })).toEqual([place]);
  });
});

describe("as secrets,", () => {
  const asSecret: Target = { ...target, store: "secretsmanager" };

  test("fields that are too much for one secret go apart", () => {
    const values = ["a", "b", "c", "d", "e", "f"].map((letter) => letter.repeat(40_000));
    const sources = values.map((value, at) => source(`BLOB_KEY=${value}`, `${at}.env`));
    const items = planOf(sources, asSecret).items;
    const bytes = Map.groupBy(items, ({ reference }) => reference.name);
    expect(bytes.size).toBe(6);
  });

  test("configuration that no parameter holds is one too", () => {
    expect(places(`NEXT_PUBLIC_TEXT=${"x".repeat(20_000)}\nPORT=80`, asSecret)).toEqual([
      "secretsmanager:production/config/next_public#text",
      "ssm:/shop/production/config/port",
    ]);
  });
});

describe("two lines", () => {
  test("with one value and one place are one item", () => {
    const text = `STRIPE_KEY=${stripe("")}\nPAYMENTS=${stripe("")}\n`;
    const [item, ...others] = planOf([source(text)], target).items;
    expect(others).toEqual([]);
    expect(item?.lines.map(({ entry }) => entry.key)).toEqual(["STRIPE_KEY", "PAYMENTS"]);
  });

  test("with two values and one place go apart, by the second one's name", () => {
    const text = `STRIPE_KEY=${stripe("a")}\nSTRIPE_KEY_EU=${stripe("b")}\nPAY=${stripe("c")}\n`;
    expect(places(text)).toEqual([
      "ssm:/shop/production/stripe/api_key",
      "ssm:/shop/production/stripe/key_eu",
      "ssm:/shop/production/stripe/pay",
    ]);
  });

  test("of one name in two files go apart by folder, then by number", () => {
    const sources = ["a", "b", "c"].map((seed, at) =>
      source(`STRIPE_API_KEY=${stripe(seed)}`, `${["", "worker/", "worker/deep/worker/"][at]}.env`),
    );
    expect(planOf(sources, target).items.map(({ reference }) => reference.name)).toEqual([
      "/shop/production/stripe/api_key",
      "/shop/production/stripe/worker_api_key",
      "/shop/production/stripe/api_key_2",
    ]);
  });

  test("with one value that go apart name each other", () => {
    const [one, other] = planOf(
      [source("A_TOKEN=correct horse\nB_TOKEN=correct horse")],
      target,
    ).items;
    expect(one?.twins.map(({ entry }) => entry.key)).toEqual(["B_TOKEN"]);
    expect(other?.twins.map(({ entry }) => entry.key)).toEqual(["A_TOKEN"]);
  });

  test("leave a place to the reference that has it", () => {
    const text = `STRIPE_KEY=ssm:/shop/production/stripe/api_key\nSTRIPE_EU=${stripe("b")}\n`;
    expect(places(text)).toEqual(["ssm:/shop/production/stripe/eu"]);
  });
});

describe("a line is left alone", () => {
  const why = (text: string, to = target) =>
    planOf([source(text)], to).left.map((left) => left.why);

  test.each([
    ["EMPTY=", "empty"],
    ["A=ssm:/shop/a", "a reference already"],
    ["A='secretsmanager:shop/a#b'", "a reference already"],
    ["A=x$Bcorrect", "has a $ that some programs expand: put it in ' quotes if it means itself"],
    ["A=pass#word", "ends at # for some programs only: put what it is in ' quotes"],
    [`A=${"x".repeat(8193)}`, expect.stringContaining("--to secretsmanager")],
    ["A='hello {{name}}'", expect.stringContaining("--to secretsmanager")],
    [`A=${"x".repeat(70_000)}`, "more than the 8 KB that a parameter holds"],
  ])("%#", (text, reason) => {
    expect(why(text)).toEqual([reason]);
  });

  test("where a secret with its field would be too large, escapes counted", () => {
    const asSecret = { ...target, store: "secretsmanager" as const };
    for (const text of ["x".repeat(65_500), "x\\n".repeat(22_000)]) {
      expect(why(`A_TOKEN="${text}"`, asSecret)).toEqual([
        "more than the 64 KB that a secret holds",
      ]);
    }
  });

  test("with the names that it refers to, where they are some", () => {
    expect(why("B=correct horse\nA=x$B/$C")).toEqual(["refers to B: write out what it means"]);
  });

  test("but for what an expansion cannot mean", () => {
    expect(why("A='pa$word and more'")).toEqual([]);
    expect(why("A='pass#word'#word")).toEqual([]);
    const asSecret = { ...target, store: "secretsmanager" as const };
    expect(why(`A=${"x".repeat(8193)}`, asSecret)).toEqual([]);
    expect(why("A='hello {{name}}'", asSecret)).toEqual([]);
  });

  test("when a later one overrides it", () => {
    const { items, left } = planOf([source("A_KEY=first value\nA_KEY=second value")], target);
    expect(items.map(({ value }) => value)).toEqual(["second value"]);
    expect(left).toEqual([]);
  });
});

test("whatever stands in the files, each value has a place of its own, and none stands in a name", () => {
  const line = fc.tuple(
    fc.constantFrom(
      ...specimens.map(({ variable }) => variable),
      "A",
      "a.b",
      "Ü_KEY",
      "STRIPE_KEY",
    ),
    fc.constantFrom(
      ...specimens.map(({ value }) => value),
      "",
      "80",
      "$A",
      "ssm:/shop/x",
      "hunter2",
    ),
  );
  const files = fc.array(
    fc.dictionary(fc.constant(""), fc.nat()).chain(() => fc.array(line)),
    {
      maxLength: 3,
    },
  );
  fc.assert(
    fc.property(files, fc.constantFrom("ssm" as const, "secretsmanager" as const), (all, store) => {
      const sources = all.map((lines, at) =>
        source(JSON.stringify(Object.fromEntries(lines)), `${at}/config.json`),
      );
      const plan = planOf(sources, { ...target, store });
      const names = plan.items.map(({ reference }) => printed(reference));
      expect(new Set(names).size).toBe(names.length);
      const count = plan.items.reduce((sum, { lines }) => sum + lines.length, plan.left.length);
      expect(count).toBe(sources.reduce((sum, { file }) => sum + file.entries.length, 0));
      for (const { lines, reference, value } of plan.items) {
        expect(readReference(printed(reference))).toEqual(reference);
        expect(lines.every(({ entry }) => entry.value === value)).toBe(true);
        if (value.length > 7) expect(printed(reference)).not.toContain(value.slice(-8));
      }
      expect(planOf(sources, { ...target, store })).toEqual(plan);
    }),
  );
});
