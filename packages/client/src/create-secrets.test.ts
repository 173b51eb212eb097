import { expect, test } from "vitest";
import { createSecrets } from "./create-secrets.ts";

test.each([
  { ttlSeconds: Number.NaN },
  { ttlSeconds: -1 },
  { ttlSeconds: "300" as unknown as number },
  { maxStaleSeconds: Number.NaN },
  { maxEntries: 0 },
  { maxEntries: Number.NaN },
  { timeoutSeconds: 0 },
  { timeoutSeconds: Number.POSITIVE_INFINITY },
])("%o is refused at once, for it would cache nothing, or all, or time out always", (options) => {
  const [name = ""] = Object.keys(options);
  expect(() => createSecrets({ ...options, push: false })).toThrow(name);
  expect(() => createSecrets({ ...options, push: false })).toThrow(RangeError);
});

test("limits may be none", () => {
  createSecrets({ ttlSeconds: 0, maxStaleSeconds: 0, push: false });
  createSecrets({ ttlSeconds: 1e9, maxStaleSeconds: Number.POSITIVE_INFINITY, push: false });
  createSecrets({ maxEntries: Number.POSITIVE_INFINITY, timeoutSeconds: 0.1, push: false });
});
