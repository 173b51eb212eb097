import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Randomness, systemRandomness } from "../clock.ts";
import { type CharacterType, type PasswordRecipe, randomPassword } from "./password.ts";
import { uniformText } from "./uniform.ts";

const types: readonly CharacterType[] = ["lowercase", "uppercase", "numbers", "punctuation"];

const plain: PasswordRecipe = {
  length: 32,
  excludedCharacters: "",
  excludedTypes: new Set(),
  isSpaceIncluded: false,
  isEachTypeRequired: true,
};

/** The same bytes in every run: what is measured of them can't come out otherwise one day. */
function fixedRandomness(): Randomness {
  const stream = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  return { ...systemRandomness, bytes: (count) => stream.update(Buffer.alloc(count)) };
}

/** Gives every byte equally often, in order. */
function everyByte(): Randomness {
  let next = 0;
  const byte = () => next++ % 256;
  return {
    ...systemRandomness,
    bytes: (count) => Buffer.from(Array.from({ length: count }, byte)),
  };
}

function counted(items: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function chiSquare(counts: ReadonlyMap<string, number>, categories: number): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const expected = total / categories;
  expect(counts.size).toBe(categories);
  return [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Beyond this a fair draw comes once in about a million. */
function bound(categories: number): number {
  const freedom = categories - 1;
  return freedom + 4.9 * Math.sqrt(2 * freedom) + 16;
}

describe("every character is equally likely", () => {
  test.each([2, 10, 26, 62, 94, 95, 256])("of %i, exactly so where the bytes are", (size) => {
    const alphabet = String.fromCharCode(...Array.from({ length: size }, (_, at) => at + 32));
    const perCharacter = Math.floor(256 / size);
    const counts = counted(uniformText(everyByte(), alphabet, perCharacter * size));
    expect([...counts.values()]).toEqual(Array.from({ length: size }, () => perCharacter));
  });

  test("in a password without required types, at every place", () => {
    const recipe = { ...plain, length: 4096, isEachTypeRequired: false, isSpaceIncluded: true };
    const randomness = fixedRandomness();
    const passwords = Array.from({ length: 40 }, () => randomPassword(randomness, recipe));
    expect(chiSquare(counted(passwords.join("")), 95)).toBeLessThan(bound(95));
  });

  test("and so is every password that has the required types", () => {
    // Two digits and one letter of each case are left: 3 places, each type at least once.
    const recipe = {
      ...plain,
      length: 3,
      excludedTypes: new Set<CharacterType>(["punctuation", "uppercase"]),
      excludedCharacters: "bcdefghijklmnopqrstuvwxyz23456789",
    };
    // All of a, 0 and 1 in three places: 27, without aaa and the 8 that have no letter.
    const possible = 27 - 1 - 8;
    const randomness = fixedRandomness();
    const drawn = Array.from({ length: 18_000 }, () => randomPassword(randomness, recipe));
    expect(chiSquare(counted(drawn), possible)).toBeLessThan(bound(possible));
  });

  test("a biased draw would be seen", () => {
    const modulo = [...fixedRandomness().bytes(160_000)].map((byte) => String(byte % 95));
    expect(chiSquare(counted(modulo), 95)).toBeGreaterThan(bound(95));
  });
});

describe("recipes", () => {
  test.each([1, 2, 3, 4, 5, 4096])("%i characters, with each type that is required", (length) => {
    const excludedTypes = new Set(types.slice(Math.min(length, 4)));
    const password = randomPassword(systemRandomness, { ...plain, length, excludedTypes });
    expect(password).toHaveLength(length);
    const tests = [/[a-z]/, /[A-Z]/, /[0-9]/, /[!-/:-@[-`{-~]/];
    for (const [at, type] of types.entries()) {
      if (!excludedTypes.has(type)) expect(password).toMatch(tests[at] as RegExp);
    }
  });

  test("a space is admitted, never required, and may be excluded again", () => {
    const spaces = { ...plain, excludedTypes: new Set(types), isSpaceIncluded: true, length: 3 };
    expect(randomPassword(systemRandomness, spaces)).toBe("   ");
    const without = { ...spaces, excludedCharacters: " " };
    expect(() => randomPassword(systemRandomness, without)).toThrow(
      "All characters have been excluded from selection.",
    );
  });

  test("a type that is emptied is refused only where it is required", () => {
    const digitless = { ...plain, excludedCharacters: "0123456789" };
    expect(() => randomPassword(systemRandomness, digitless)).toThrow(
      "All characters of the desired type have been excluded.",
    );
    const password = randomPassword(systemRandomness, { ...digitless, isEachTypeRequired: false });
    expect(password).not.toMatch(/[0-9]/);
  });

  test("the worst recipe comes to an end", () => {
    const recipe = {
      ...plain,
      length: 4,
      excludedCharacters: "bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ123456789",
    };
    expect(randomPassword(systemRandomness, recipe)).toMatch(/(?=.*a)(?=.*A)(?=.*0)/);
  });
});
