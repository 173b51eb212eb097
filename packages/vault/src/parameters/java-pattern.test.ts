import { describe, expect, it } from "vitest";
import { checkAllowedPattern } from "./allowed-pattern.ts";

describe("AllowedPattern is a pattern of Java's", () => {
  it.each([
    ["\\p{L}+", "Zoë"],
    ["\\pL+", "Zoë"],
    ["\\p{IsL}+", "Zoë"],
    ["\\p{IsAlphabetic}+", "Zoë"],
    ["\\p{IsGreek}+", "αβγ"],
    ["\\p{Alpha}+", "abc"],
    ["\\P{Digit}+", "abc"],
    ["[\\p{Alnum}_]+", "a_1"],
    ["[\\w\\p{Punct}]+", "p@ss-w0rd!"],
    ["(?i)abc", "ABC"],
    ["(?s).*", "a\nb"],
    ["(?is)A.b", "a\nB"],
    ["\\Aabc\\z", "abc"],
    ["abc\\Z", "abc"],
    ["\\Qa.b\\E+", "a.bb"],
    ["\\Q$(x)", "$(x)"],
    ["[\\w-.]+@[\\w-]+", "first-last.x@ex-ample"],
    ["[a-z-9]+", "a-9"],
    ["[-a]+", "-a"],
    ["[a\\-z]+", "a-z"],
    ["[a\\]]+", "a]"],
    ["ami\\-[0-9a-f]{8,17}", "ami-0abcdef12"],
    ["https:\\/\\/[^\\/]+\\/\\_", "https://example.com/_"],
    ["\\[[a-z]*]", "[abc]"],
    ['\\{"a": ?[0-9]+}', '{"a": 1}'],
    ["^.$", "😀"],
    ["[😀]", "😀"],
    ["(a)\\1", "aa"],
    ["(?<x>a)\\k<x>", "aa"],
    ["\\x41\\u0042\\t", "AB\t"],
    ["(?!x)[a-z]{2,}", "ab"],
    ["[^,\\s]+", "ab"],
    ["[]a]+", "a]"],
    ["[^]a]+", "bc"],
    ["(?m)a$\\n^b", "a\nb"],
  ])("%s matches %s", (pattern, value) => {
    expect(() => checkAllowedPattern(pattern, value, "String")).not.toThrow();
  });

  it.each([
    ["\\p{L}+", "p{L}"],
    ["\\P{Digit}+", "1"],
    ["\\p{Alpha}+", "ë"],
    ["\\Qa.b\\E", "axb"],
    ["[\\w-.]+", "a b"],
    ["(?s)\\Aa\\z", "a\n"],
    [".*", "a\nb"],
    ["(?m)a", "a\nb"],
    ["[^]a]+", "b]"],
  ])("%s doesn't match %s", (pattern, value) => {
    expect(() => checkAllowedPattern(pattern, value, "String")).toThrow(/allowedPattern/);
  });

  it.each([
    "a++",
    "(?>a)",
    "[a-z&&[^d]]",
    "[a[b]]",
    "[\\P{Alpha}]",
    "\\p{Foo}",
    "\\p{InGreek}",
    "\\y",
    "\\",
  ])("refuses %s rather than to read something else in it", (pattern) => {
    expect(() => checkAllowedPattern(pattern, "a", "String")).toThrow(
      expect.objectContaining({ code: "InvalidAllowedPatternException" }),
    );
  });
});
