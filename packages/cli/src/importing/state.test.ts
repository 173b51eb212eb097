import { expect, test } from "vitest";
import { readEnvFile } from "../env-files/env-file.ts";
import { printed } from "../stores/reference.ts";
import type { Tags } from "../stores/tags.ts";
import { type Held, printedWhole } from "./held.ts";
import { planOf } from "./plan.ts";
import { needsTags, stateOf } from "./state.ts";

const bytes = Buffer.from("STRIPE_API_KEY=correct horse");
const file = readEnvFile(bytes, ".env");
const source = { path: ".env", realPath: "/shop/.env", bytes, file };
const [item] = planOf([source], {
  app: "shop",
  environment: "production",
  store: "secretsmanager",
}).items;

/** undefined where there is no such secret, null where it has no such field. */
function held(text: string | null | undefined, type: "String" | "SecureString"): Held {
  const name = item === undefined ? "" : printed(item.reference);
  return {
    values: new Map(text === null || text === undefined ? [] : [[name, { text, type }]]),
    wholes: new Set(text === undefined || item === undefined ? [] : [printedWhole(item.reference)]),
  };
}

const ours = { app: "shop", owner: "ada" };
const others = { app: "billing" };

test.each<[string | null | undefined, Tags | undefined, string | undefined, string]>([
  [undefined, undefined, undefined, "new"],
  [undefined, undefined, "bo", "new"],
  // A field of a secret that somebody made by hand, or an import, or another application's.
  [null, {}, undefined, "new"],
  [null, ours, undefined, "new"],
  [null, others, undefined, "conflict"],
  ["correct horse", undefined, undefined, "unchanged"],
  ["correct horse", {}, "bo", "new owner"],
  ["correct horse", ours, "bo", "new owner"],
  ["correct horse", ours, "ada", "unchanged"],
  ["correct horse", others, "bo", "unchanged"],
  ["another", ours, undefined, "changed"],
  ["another", ours, "ada", "changed"],
  ["another", {}, undefined, "conflict"],
  ["another", others, undefined, "conflict"],
])("%#: %j under %j for the owner %j is %s", (text, tags, owner, state) => {
  const claim = { app: "shop", owner };
  expect(item && stateOf(item, held(text, "SecureString"), tags, claim)).toBe(state);
});

test("what stands in the clear is changed, whoever put it there", () => {
  const claim = { app: "shop", owner: undefined };
  expect(item && stateOf(item, held("correct horse", "String"), {}, claim)).toBe("changed");
  expect(item && stateOf(item, held("correct horse", "String"), others, claim)).toBe("conflict");
});

test("tags are asked for where they count", () => {
  const needs = (text: string | null | undefined, owner?: string) =>
    item && needsTags(item, held(text, "SecureString"), { owner });
  expect([needs(undefined, "bo"), needs("correct horse")]).toEqual([false, false]);
  expect([needs(null), needs("another"), needs("correct horse", "bo")]).toEqual([true, true, true]);
});
