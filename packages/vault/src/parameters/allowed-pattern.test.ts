import { describe, expect, it } from "vitest";
import { checkAllowedPattern } from "./allowed-pattern.ts";

describe("AllowedPattern", () => {
  it("must match the whole value, as in AWS's own example", () => {
    expect(() => checkAllowedPattern("\\d{1,4}", "100", "String")).not.toThrow();
    expect(() => checkAllowedPattern("\\d{1,4}", "10,000", "String")).toThrow(
      "Parameter value, cannot be validated against allowedPattern: \\d{1,4}",
    );
  });

  it("must match each item of a list", () => {
    expect(() => checkAllowedPattern("[a-z]+", "a,b", "StringList")).not.toThrow();
    expect(() => checkAllowedPattern("[a-z]+", "a,1", "StringList")).toThrow(/allowedPattern/);
    expect(() => checkAllowedPattern("[a-z]+", "a,b", "String")).toThrow(/allowedPattern/);
  });

  it("leaves out the empty items behind a list's last comma, as AWS does, and no others", () => {
    expect(() => checkAllowedPattern("[a-z]", "a,b,", "StringList")).not.toThrow();
    expect(() => checkAllowedPattern("[a-z]", "a,b,,", "StringList")).not.toThrow();
    expect(() => checkAllowedPattern("[a-z]", ",", "StringList")).not.toThrow();
    expect(() => checkAllowedPattern("[a-z]", ",a", "StringList")).toThrow(/allowedPattern/);
    expect(() => checkAllowedPattern("[a-z]", "a,,b", "StringList")).toThrow(/allowedPattern/);
  });

  it.each(["(", "a)|(b", "[z-a]", "a{2,1}"])("refuses %s, which is no pattern", (pattern) => {
    expect(() => checkAllowedPattern(pattern, "b", "String")).toThrow(
      expect.objectContaining({ code: "InvalidAllowedPatternException" }),
    );
  });

  it.each(["(a+)+b", "(a|a)*c", "(.*)*x"])("stops %s, which would run for ever", (pattern) => {
    expect(() => checkAllowedPattern(pattern, "a".repeat(4096), "String")).toThrow(
      expect.objectContaining({ code: "InvalidAllowedPatternException" }),
    );
  });

  it("never quotes the value", () => {
    const refusal = (): string => {
      try {
        checkAllowedPattern("x", "planted-value", "SecureString");
      } catch (error) {
        return `${(error as Error).stack}`;
      }
      return "";
    };
    expect(refusal()).toContain("allowedPattern: x");
    expect(refusal()).not.toContain("planted-value");
  });
});
