import { describe, expect, it } from "vitest";
import { addressOf, addressRangeOf, booleanOf, dateOf, isInRange, numberOf } from "./values.ts";

describe("dates", () => {
  it.each([
    ["2026-01-02T03:04:05Z", Date.UTC(2026, 0, 2, 3, 4, 5)],
    ["2026-01-02t03:04:05.678z", Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
    ["2026-01-02T03:04:05+02:00", Date.UTC(2026, 0, 2, 1, 4, 5)],
    ["2026-01-02T03:04:05-0130", Date.UTC(2026, 0, 2, 4, 34, 5)],
    ["2016-12-13t2:00:00.593194+23", Date.UTC(2016, 11, 12, 3, 0, 0, 593)],
    ["2026-01-02", Date.UTC(2026, 0, 2)],
    ["2026-01", Date.UTC(2026, 0, 1)],
    ["2026-01-02T03Z", Date.UTC(2026, 0, 2, 3)],
    ["1767323045", Date.UTC(2026, 0, 2, 3, 4, 5)],
    ["-292275054", Number.NEGATIVE_INFINITY],
    ["292278993-01-01", Number.POSITIVE_INFINITY],
  ])("reads %s", (text, expected) => {
    expect(dateOf(text)).toBe(expected);
  });

  // The last three are what IAM was seen to refuse.
  it.each([
    "",
    "soon",
    "2026-13-01",
    "2026-01-32",
    "2026-01-02T24:00:00Z",
    "2026-01-02T03:04:05+24:00",
    "2016-12-13t2:00:00.593194+1",
    "2016-12-13t2:00:00.1999999999+10:59",
    "9223372036854775808",
  ])("refuses %j", (text) => {
    expect(dateOf(text)).toBeUndefined();
  });
});

describe("numbers and booleans", () => {
  it.each([
    ["10", 10],
    ["-1.5", -1.5],
    [".5", 0.5],
    ["1e3", 1000],
    ["", undefined],
    [" 1", undefined],
    ["0x10", undefined],
    ["Infinity", undefined],
  ])("%j is %s", (text, expected) => {
    expect(numberOf(text)).toBe(expected);
  });

  it("reads booleans without case, and nothing else", () => {
    expect(["true", "TRUE", "false", "1", ""].map(booleanOf)).toEqual([
      true,
      true,
      false,
      undefined,
      undefined,
    ]);
  });
});

describe("addresses", () => {
  it.each([
    ["203.0.113.0/24", "203.0.113.255", true],
    ["203.0.113.0/24", "203.0.114.0", false],
    ["203.0.113.77/24", "203.0.113.1", true],
    ["203.0.113.9", "203.0.113.9", true],
    ["203.0.113.9", "203.0.113.10", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["203.0.113.0/24", "::ffff:203.0.113.9", true],
    ["::ffff:203.0.113.0/120", "203.0.113.9", true],
    ["::/0", "2001:db8::1", true],
  ])("%s holds %s: %s", (range, address, expected) => {
    const [parsedRange, parsedAddress] = [addressRangeOf(range), addressOf(address)];
    expect(parsedRange && parsedAddress && isInRange(parsedAddress, parsedRange)).toBe(expected);
  });

  it.each(["", "10.1", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "x/8"])(
    "refuses %j",
    (range) => {
      expect(addressRangeOf(range)).toBeUndefined();
    },
  );
});
