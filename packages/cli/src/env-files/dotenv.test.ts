import { parse } from "dotenv";
import { describe, expect, test } from "vitest";
import { corpus, differences } from "../../tests/env-corpus/corpus.ts";
import { effectiveEntries, readEnvFile, withValues } from "./env-file.ts";

const read = (text: string) => readEnvFile(Buffer.from(text), ".env");

/** With no prototype, as a key may be called like a part of one. */
function asObject(text: string): Record<string, string> {
  return Object.fromEntries(effectiveEntries(read(text)).map(({ key, value }) => [key, value]));
}

for (const [topic, cases] of Object.entries(corpus)) {
  describe(`reads as dotenv does: ${topic}`, () => {
    test.each(Object.entries(cases))("%s", (_, text) => {
      expect(asObject(text)).toEqual(parse(Buffer.from(text)));
      const file = read(text);
      const written = withValues(file, new Map(file.entries.map((each) => [each, each.value])));
      expect(asObject(Buffer.from(written).toString())).toEqual(asObject(text));
    });
  });
}

describe("differs where the guide says so", () => {
  test.each(Object.entries(differences))("%s", (_, { text, here }) => {
    expect(asObject(text)).toEqual(here);
    expect(parse(Buffer.from(text))).not.toEqual(here);
  });
});

describe("tells of each entry", () => {
  const text = [
    "# Stripe's",
    "# own",
    "export STRIPE_KEY='sk' # live",
    "",
    'PEM="one',
    'two"',
    "HOOK=https://$HOST/x",
    "SAFE='$HOST'",
    "# STRIPE_KEY=sk_old",
    "STRIPE_KEY=",
    "",
  ].join("\r\n");
  const [stripe, pem, hook, safe, last] = read(text).entries;

  test("where it stands, how it is quoted and what is said of it", () => {
    expect(stripe).toMatchObject({
      firstLine: 3,
      lastLine: 3,
      quoting: "single",
      isExported: true,
      comment: "live",
      overriddenOnLine: 10,
    });
    expect(pem).toMatchObject({ firstLine: 5, lastLine: 6, quoting: "double", value: "one\ntwo" });
    expect(pem).toMatchObject({ comment: undefined, overriddenOnLine: undefined });
    expect(last).toMatchObject({ value: "", overriddenOnLine: undefined });
  });

  test("what would be expanded elsewhere", () => {
    expect([hook?.expansion, safe?.expansion]).toEqual(["$HOST", undefined]);
  });
});

describe("warns, by line and without values", () => {
  test.each([
    ["words only", "this is no assignment; skipped"],
    [
      "KEY=sk#live",
      "the value of KEY ends at #, as dotenv reads it; put it in quotes if # is part",
    ],
    ["KEY='sk_live", "the quote that KEY opens is not closed, and belongs to the value"],
    ["# KEY=sk_live", "KEY is commented out here, with a value that stays"],
  ])("%s", (line, says) => {
    const { problems } = read(`A=1\n${line}\nB=2`);
    expect(problems).toEqual([{ line: 2, says: expect.stringContaining(says) }]);
  });

  test.each(["KEY=sk # live", "KEY='sk#live'", "# a comment", "  ", "# see: the guide"])(
    "not of %s",
    (line) => {
      expect(read(`A=1\n${line}\nB=2`).problems).toEqual([]);
    },
  );
});
