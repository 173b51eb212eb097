import { afterEach, expect, test, vi } from "vitest";
import { MetadataTokens } from "./metadata-tokens.ts";

afterEach(() => void vi.useRealTimers());

test("a token is good for its time and says how long", () => {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
  const tokens = new MetadataTokens();
  const token = tokens.issue(60);
  expect(tokens.secondsLeft(token)).toBe(60);
  vi.setSystemTime(Date.now() + 59_999);
  expect(tokens.secondsLeft(token)).toBe(1);
  vi.setSystemTime(Date.now() + 1);
  expect(tokens.secondsLeft(token)).toBeUndefined();
});

test("no two are alike, and no other agent's is taken", () => {
  const tokens = new MetadataTokens();
  expect(tokens.issue(60)).not.toBe(tokens.issue(60));
  expect(tokens.secondsLeft(new MetadataTokens().issue(60))).toBeUndefined();
});

test("one bit more or less and it is refused", () => {
  const tokens = new MetadataTokens();
  const bytes = Buffer.from(tokens.issue(60), "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const forged = Buffer.from(bytes);
    forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(tokens.secondsLeft(forged.toString("base64url"))).toBeUndefined();
  }
  for (const other of ["", "x", bytes.subarray(1).toString("base64url")]) {
    expect(tokens.secondsLeft(other)).toBeUndefined();
  }
});
