import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { readForReading } from "../stores/reference.ts";
import { Fallback, type FallbackPlace, sourceOf } from "./fallback.ts";

const folder = mkdtempSync(join(tmpdir(), "claviger-fallback-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hour = 3_600_000;
const place: FallbackPlace = {
  file: join(folder, "copy.json"),
  keyFile: join(folder, "key"),
  ageMillisecondsMax: 24 * hour,
};
const source = { role: "shop", AWS_REGION: "us-east-1" };
const values = new Map([
  ["ssm:/shop/stripe", "sk_planted_1"],
  ["secretsmanager:shop/db#password", "sk_planted_2\n"],
]);
const references = [...values.keys()].map(readForReading);
const roleArn = "arn:aws:iam::123456789012:role/shop";

beforeEach(() => new Fallback(place, source).save(values, roleArn));

const opened = (
  over: Partial<FallbackPlace> = {},
  its: Readonly<Record<string, string>> = source,
) => new Fallback({ ...place, ...over }, its).open(references);

/** Changes what the file says of itself. */
function rewrite(change: (copy: Record<string, unknown>) => object): void {
  const copy = JSON.parse(readFileSync(place.file, "utf8"));
  writeFileSync(place.file, JSON.stringify({ ...copy, ...change(copy) }));
}

test("opens as it was saved, also for fewer references", async () => {
  const before = Date.now();
  expect(await opened()).toEqual({ values, roleArn, savedAt: expect.any(Date) });
  const fewer = await new Fallback(place, source).open(references.slice(0, 1));
  expect(fewer.values.get("ssm:/shop/stripe")).toBe("sk_planted_1");
  expect(before - fewer.savedAt.getTime()).toBeLessThan(hour);
});

test("is sealed, and both files are their owner's alone", () => {
  expect(readFileSync(place.file, "latin1")).not.toContain("planted");
  for (const path of [place.file, place.keyFile]) {
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
  }
});

const at = (hours: number) => ({ savedAt: new Date(Date.now() + hours * hour).toISOString() });

test.each([
  ["too old", () => at(-25), "is older than --fallback-max-age"],
  ["from the future", () => at(1), "is from the future"],
  ["of no time", () => ({ savedAt: "soon" }), "is from the future"],
  ["made younger or older", () => at(-1), "does not open: it was changed"],
  ["made another role's", () => ({ roleArn: `${roleArn}2` }), "does not open: it was changed"],
  ["with names exchanged", () => ({ references: [...values.keys()].reverse() }), "does not open"],
  ["cut short", ({ sealed }) => ({ sealed: `${sealed}`.slice(0, 20) }), "does not open"],
  ["of another format", () => ({ format: "claviger fallback copy 2" }), "is no fallback copy"],
] as readonly [string, (copy: Record<string, unknown>) => object, string][])(
  "is no good where it is %s",
  async (_, change, why) => {
    rewrite(change);
    await expect(opened()).rejects.toThrow(why);
  },
);

test("every bit of what is sealed counts", async () => {
  const { sealed } = JSON.parse(readFileSync(place.file, "utf8"));
  const bytes = Buffer.from(sealed, "base64");
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    rewrite(() => ({ sealed: changed.toString("base64") }));
    await expect(opened()).rejects.toThrow("does not open");
  }
});

test("is no good under another key, for others, for more, or where there is none", async () => {
  await expect(opened({ keyFile: join(folder, "other") })).rejects.toThrow("other is not its key");
  await expect(opened({}, { ...source, role: "other" })).rejects.toThrow("another role");
  const more = [...references, readForReading("ssm:/shop/more")];
  const lacking = new Fallback(place, source).open(more);
  await expect(lacking).rejects.toThrow("lacks ssm:/shop/more");
  await expect(opened({ file: join(folder, "none") })).rejects.toThrow("there is no fallback copy");
  writeFileSync(place.file, "sk_planted");
  await expect(opened()).rejects.toThrow(/copy\.json is no fallback copy$/);
});

test("a key that others may read, or that is none, is refused before anything is sealed", () => {
  const keyFile = join(folder, "bad-key");
  writeFileSync(keyFile, "short\n", { mode: 0o600 });
  expect(() => new Fallback({ ...place, keyFile }, source)).toThrow("holds no fallback key");
  writeFileSync(join(folder, "open-key"), "", { mode: 0o644 });
  const open = { ...place, keyFile: join(folder, "open-key") };
  expect(() => new Fallback(open, source)).toThrow("is open to others (mode 644)");
});

test("what it is bound to names no access key", () => {
  const before = process.env.AWS_ACCESS_KEY_ID;
  process.env.AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  const its = sourceOf("shop", undefined);
  expect(its.role).toBe("shop");
  expect(JSON.stringify(its)).not.toContain("AKIA");
  process.env.AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7OTHER00";
  expect(sourceOf("shop", undefined)).not.toEqual(its);
  if (before === undefined) delete process.env.AWS_ACCESS_KEY_ID;
  else process.env.AWS_ACCESS_KEY_ID = before;
});
