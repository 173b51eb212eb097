import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText, glob, tokensOf } from "./glob.ts";

/** The definition of a glob, in as few words as it takes. */
function naive(pattern: string, text: string): boolean {
  const [first] = pattern;
  if (first === undefined) return text === "";
  if (first === "*") {
    return naive(pattern.slice(1), text) || (text !== "" && naive(pattern, text.slice(1)));
  }
  return (
    text !== "" && (first === "?" || first === text[0]) && naive(pattern.slice(1), text.slice(1))
  );
}

const matches = (pattern: string, text: string) => glob(tokensOf(pattern))(text);

describe("glob", () => {
  it.each([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["*", "a:b/c", true],
    ["?", "", false],
    ["?", ":", true],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["*a", "ab", false],
    ["a*b*c", "aXXbYYc", true],
    ["a*b*c", "aXXbYY", false],
    ["a*a", "a", false],
    ["ab*bc", "abc", false],
    ["a?c*", "abcd", true],
    ["*a?c*", "xxabcxx", true],
    ["*?*", "", false],
    ["prod/*/test/*", "prod/1///test///x", true],
    ["prod/*/test/*", "prod/test/x", false],
  ])("%s on %s is %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it("agrees with the definition", () => {
    const pattern = fc.array(fc.constantFrom("a", "b", ":", "*", "?"), { maxLength: 10 });
    const text = fc.array(fc.constantFrom("a", "b", ":"), { maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (patternLetters, textLetters) => {
        const [given, candidate] = [patternLetters.join(""), textLetters.join("")];
        expect(matches(given, candidate)).toBe(naive(given, candidate));
      }),
      { numRuns: 5_000 },
    );
  });

  it("takes a literal's wildcards as text", () => {
    expect(glob(["a*", anyText])("a*b")).toBe(true);
    expect(glob(["a*", anyText])("axb")).toBe(false);
  });

  it("ends, whatever pattern an author wrote", () => {
    const text = `${"a".repeat(2_000)}b`;
    expect(matches(`${"*a".repeat(500)}*c`, text)).toBe(false);
    expect(matches(`${"*a?".repeat(300)}*c`, text)).toBe(false);
    // Trying place after place would take longer than a test may.
    expect(matches(`*${"?a".repeat(15_000)}c*`, "a".repeat(100_000))).toBe(false);
  });

  it("finds a long piece with gaps wherever it stands", () => {
    const letters = fc.array(fc.constantFrom("a", "b"), { minLength: 30, maxLength: 110 });
    const gaps = fc.array(fc.boolean(), { minLength: 110, maxLength: 110 });
    fc.assert(
      fc.property(letters, letters, gaps, fc.nat(), (piece, before, isGap, wrong) => {
        const pattern = piece.map((letter, at) => (isGap[at] ? "?" : letter)).join("");
        const text = before.join("") + piece.join("") + before.join("");
        const broken = [...text];
        broken[wrong % broken.length] = "c";
        const expected = new RegExp(`${pattern.replaceAll("?", ".")}`);
        expect(matches(`*${pattern}*`, text)).toBe(true);
        expect(matches(`*${pattern}*`, broken.join(""))).toBe(expected.test(broken.join("")));
      }),
      { numRuns: 500 },
    );
  });
});
