/** What rows come back as, however they are read. */
import { describe, expect, test } from "vitest";
import { type Change, table } from "../storage.ts";
import { put, roles, type Subject, secrets } from "./subject.fixture.ts";

export function rowsConformance(on: Subject): void {
  describe("rows", () => {
    test("come back as they were written", async () => {
      const body = { text: "é 🔑 \0 \ud800", list: [1, null, { deep: true }] };
      const sealed = new Uint8Array([0, 1, 255]);
      const revision = await on.storage.commit([put("a/key", body, { sealed })]);
      const row = await on.storage.get(secrets, "a/key");
      expect(row).toMatchObject({ key: "a/key", body });
      expect(row?.revision).toBeLessThanOrEqual(revision);
      expect(new Uint8Array(row?.sealed ?? [])).toEqual(sealed);
    });

    test("may be large", async () => {
      const text = "x".repeat(300_000);
      await on.storage.commit([put("a", { text }, { sealed: new Uint8Array(300_000).fill(7) })]);
      const row = await on.storage.get<{ text: string }>(table("secrets"), "a");
      expect(row?.body.text).toBe(text);
      expect(row?.sealed?.byteLength).toBe(300_000);
    });

    test("have no sealed bytes where none were written, and lose them when rewritten", async () => {
      await on.storage.commit([put("a", {}, { sealed: new Uint8Array([1]) })]);
      await on.storage.commit([put("a")]);
      expect((await on.storage.get(secrets, "a"))?.sealed).toBeUndefined();
    });

    test("are frozen deeply, however they are read", async () => {
      await on.storage.commit([put("a", { list: [{}] }, { indexes: { order: "1" } })]);
      const read = [
        await on.storage.get(secrets, "a"),
        ...(await on.storage.getMany(secrets, ["a"])),
        ...(await on.storage.list(secrets, { prefix: "", limit: 1 })),
        ...(await on.storage.listByIndex(secrets, "order", { prefix: "", limit: 1 })),
      ];
      expect(read).toHaveLength(4);
      for (const row of read) {
        const body = row?.body as { list: object[] };
        expect([body, body.list, body.list[0]].every(Object.isFrozen)).toBe(true);
      }
    });

    test("of different tables don't meet", async () => {
      await on.storage.commit([put("same", 1), { ...put("same", 2), table: roles } as Change]);
      expect((await on.storage.get(secrets, "same"))?.body).toBe(1);
      expect((await on.storage.get(roles, "same"))?.body).toBe(2);
    });

    test("are found by exact key only", async () => {
      await on.storage.commit([put("Key"), put("\ufffd")]);
      expect(await on.storage.get(secrets, "key")).toBeUndefined();
      expect(await on.storage.get(secrets, "Key ")).toBeUndefined();
      expect(await on.storage.get(secrets, "Key\0")).toBeUndefined();
      expect(await on.storage.get(secrets, "\ud800")).toBeUndefined();
    });

    test("are read many at once in the order asked, also twice or missing", async () => {
      await on.storage.commit([put("a", 1), put("b", 2)]);
      const rows = await on.storage.getMany(secrets, ["b", "none", "a", "b"]);
      expect(rows.map((row) => row?.body)).toEqual([2, undefined, 1, 2]);
      expect(await on.storage.getMany(secrets, [])).toEqual([]);
      const impossible = await on.storage.getMany(secrets, ["a\0", "a", "\ud800"]);
      expect(impossible.map((row) => row?.body)).toEqual([undefined, 1, undefined]);
    });
  });
}
