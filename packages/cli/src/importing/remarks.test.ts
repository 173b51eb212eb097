import { expect, test } from "vitest";
import { readEnvFile } from "../env-files/env-file.ts";
import { filled } from "../key-shapes/specimens.fixture.ts";
import type { GitFindings } from "./git.ts";
import { planOf } from "./plan.ts";
import { exposedIn, remarksOn } from "./remarks.ts";
import { linesLeft, rewritten } from "./rewritten.ts";
import type { Source } from "./source.ts";
import type { Survey } from "./survey.ts";

function surveyOf(text: string, environment = "production", git?: Partial<GitFindings>): Survey {
  const bytes = Buffer.from(text);
  const source: Source = {
    path: ".env",
    realPath: "/shop/.env",
    bytes,
    file: readEnvFile(bytes, ".env"),
  };
  const target = { app: "shop", environment, store: "ssm" as const };
  const plan = planOf([source], target);
  const found = { isTracked: false, isIgnored: true, leaks: new Map(), notes: [], ...git };
  return {
    sources: [source],
    target,
    plan,
    held: { values: new Map(), wholes: new Set() },
    tags: new Map(),
    states: new Map(plan.items.map((item) => [item, "new"])),
    elsewhere: { places: new Map(), notes: [] },
    git: git === undefined ? new Map() : new Map([[source, found]]),
  };
}
const remarks = (...given: Parameters<typeof surveyOf>) => remarksOn(surveyOf(...given), false);

test("a key of the wrong mode for its environment is told", () => {
  const test = `STRIPE_KEY=${filled("sk|_test_{24}")}`;
  const live = `STRIPE_KEY=${filled("sk|_live_{24}")}`;
  expect(remarks(test)).toEqual([".env:1 STRIPE_KEY: a test key in the environment production"]);
  expect(remarks(live, "staging")).toEqual([
    ".env:1 STRIPE_KEY: a live key in the environment staging",
  ]);
  expect([...remarks(live), ...remarks(test, "dev")]).toEqual([]);
});

test("lines with one value name each other, and what lost its place says where it went", () => {
  const pass = "correct horse battery staple";
  const key = (seed: string) => filled("sk|_live_{24}", seed);
  const text = `A_TOKEN=${pass}\nB_TOKEN=${pass}\nX=${key("1")}\nY=${key("2")}\n`;
  expect(remarks(text)).toEqual([
    ".env:1 A_TOKEN: the same value as .env:2 B_TOKEN",
    ".env:2 B_TOKEN: the same value as .env:1 A_TOKEN",
    ".env:4 Y: another value has the first choice of its place; it goes to ssm:/shop/production/stripe/y",
  ]);
});

test("an overridden line is told, and gets the reference of the one that counts", () => {
  const survey = surveyOf("A_KEY=old horse value\n# new\nA_KEY=new horse value\n");
  expect(remarksOn(survey, true)).toEqual([
    ".env:1 A_KEY: line 3 overrides it, and is what counts",
  ]);
  const [source] = survey.sources;
  const bytes = source && rewritten(source, survey.plan.items);
  expect(bytes?.toString()).toBe(
    "A_KEY=ssm:/shop/production/a/key\n# new\nA_KEY=ssm:/shop/production/a/key\n",
  );
});

test("what still stands in a rewritten file is told by its lines", () => {
  const text = `A_KEY=new horse value
# B_KEY=old horse value
EMPTY=
C=x$Avalue
D=pass#word
no assignment
E=ssm:/shop/a
`;
  const survey = surveyOf(text);
  const [source] = survey.sources;
  const bytes = source && rewritten(source, survey.plan.items);
  expect(source && bytes && linesLeft(source, bytes)).toEqual([2, 4, 5, 6]);
});

test("a place that holds another value says whose it is", () => {
  const survey = surveyOf("A_KEY=new horse value\nB_KEY=second horse value\n");
  const states = new Map(survey.plan.items.map((item) => [item, "conflict" as const]));
  const tags = new Map([["ssm:/shop/production/b/key", { app: "billing" }]]);
  expect(remarksOn({ ...survey, states, tags }, false)).toEqual([
    ".env:1 A_KEY: ssm:/shop/production/a/key holds another value, which no import put there",
    ".env:2 B_KEY: ssm:/shop/production/b/key holds another value, of the application billing",
  ]);
});

test("a file that has nothing to import is not rewritten", () => {
  const survey = surveyOf("EMPTY=\nA=ssm:/shop/a\n");
  const [source] = survey.sources;
  expect(source && rewritten(source, survey.plan.items)).toBeUndefined();
});

test("what git would take along is told, unless the file will hold references", () => {
  const tracked = { isTracked: true, isIgnored: false };
  expect(remarks("PORT=80", "production", tracked)).toEqual([
    ".env: git tracks it, with its values",
  ]);
  const neither = surveyOf("PORT=80", "production", { isIgnored: false });
  expect(remarksOn(neither, false)).toEqual([
    ".env: git does not ignore it, so that a commit takes its values along",
  ]);
  expect(remarksOn(neither, true)).toEqual([]);
});

test("keys that came with the same commits are told together", () => {
  const commit = (id: string) => [{ id, date: "2026-01-02" }];
  const leaks = new Map([
    ["A", commit("1")],
    ["B", commit("2")],
    ["C", commit("1")],
  ]);
  expect(exposedIn(surveyOf("PORT=80", "production", { leaks }))).toMatchObject([
    { keys: ["A", "C"], commits: [{ id: "1" }] },
    { keys: ["B"], commits: [{ id: "2" }] },
  ]);
});
