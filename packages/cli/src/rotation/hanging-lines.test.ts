import { expect, test } from "vitest";
import { hangingLines } from "./hanging-lines.ts";

const overlap =
  "  \x1b[36m●\x1b[39m overlap   the old key's time is over, but 1 reader has it still; --force ends it\x1b[2m (1.0 s)\x1b[22m";

test("a line that the terminal has room for stays as it is", () => {
  expect(hangingLines([overlap, "  · test"], 100)).toEqual([overlap, "  · test"]);
  expect(hangingLines([overlap], Number.POSITIVE_INFINITY)).toEqual([overlap]);
});

test("a longer one goes on beneath what it says, and colours take no room", () => {
  expect(hangingLines([overlap, "  · test"], 50)).toEqual([
    "  \x1b[36m●\x1b[39m overlap   the old key's time is over, but 1",
    "              reader has it still; --force ends it\x1b[2m",
    "              (1.0 s)\x1b[22m",
    "  · test",
  ]);
});

test("a word is broken by the terminal alone", () => {
  const key = "claviger-5817b4f9-c2f3-4dfe-9c38-8cce73d18faa";
  expect(hangingLines([`              delete ${key}.`], 40)).toEqual([
    "              delete",
    `              ${key}.`,
  ]);
});
