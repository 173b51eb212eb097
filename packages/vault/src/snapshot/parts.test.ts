import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PartWriter, readParts } from "./parts.ts";
import { SnapshotError } from "./snapshot-error.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "claviger-parts-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

async function written(parts: readonly Uint8Array[]): Promise<{ bytes: Buffer; hash: string }> {
  const path = join(directory, "written");
  const file = await open(path, "w");
  const writer = await PartWriter.begin(file);
  for (const part of parts) await writer.add(part);
  const hash = await writer.end();
  await file.close();
  return { bytes: readFileSync(path), hash };
}

async function read(bytes: Uint8Array): Promise<{ parts: Buffer[]; hash: string }> {
  const path = join(directory, "read");
  writeFileSync(path, bytes);
  const parts: Buffer[] = [];
  let hash = "";
  for await (const part of readParts(path)) {
    if (part.bytes.length > 0) parts.push(Buffer.from(part.bytes));
    hash = part.hash;
  }
  return { parts, hash };
}

const anyParts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 4 });

test("parts are read as they were written", async () => {
  await fc.assert(
    fc.asyncProperty(anyParts, async (parts) => {
      const { bytes, hash } = await written(parts);
      const found = await read(bytes);
      expect(found.hash).toBe(hash);
      expect(found.parts.map((part) => [...part])).toEqual(parts.map((part) => [...part]));
    }),
  );
});

test("any byte that is changed, missing or added is found", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyParts,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (parts, at, by) => {
        const { bytes } = await written(parts);
        const place = at % bytes.length;
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ by;
        await expect(read(changed)).rejects.toThrow(SnapshotError);
        await expect(read(bytes.subarray(0, place))).rejects.toThrow(SnapshotError);
        await expect(read(Buffer.concat([bytes, Buffer.of(by)]))).rejects.toThrow(SnapshotError);
      },
    ),
  );
});

test("parts that change places are found", async () => {
  const { bytes } = await written([Buffer.from("one"), Buffer.from("two")]);
  const size = 4 + 3 + 32;
  const start = bytes.length - 2 * size - 36;
  const swapped = Buffer.concat([
    bytes.subarray(0, start),
    bytes.subarray(start + size, start + 2 * size),
    bytes.subarray(start, start + size),
    bytes.subarray(start + 2 * size),
  ]);
  await expect(read(swapped)).rejects.toThrow("a part is not as it was written");
});
