/** What a start makes, what it refuses, and that a refused start leaves everything as it was. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfiguration, readRootCredentials, startServer } from "../src/index.ts";

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "claviger-first-start-"));
});

afterEach(() => {
  rmSync(data, { recursive: true, force: true });
});

const file = (name: string) => join(data, name);

async function startAndStop(): Promise<void> {
  const vault = await startServer(readConfiguration({ data, port: "0" }, {}), {
    logTo: "nowhere",
  });
  await vault.close();
}

test("a data folder that has lost its root key is refused, and gets no other one", async () => {
  await startAndStop();
  renameSync(file("root.key"), file("kept"));
  await expect(startAndStop()).rejects.toThrow(/no root key/);
  expect(readdirSync(data)).not.toContain("root.key");
  renameSync(file("kept"), file("root.key"));
  await startAndStop();
});

test("another data folder's root key is refused, and right again is the right one", async () => {
  await startAndStop();
  const right = readFileSync(file("root.key"));
  writeFileSync(file("root.key"), `${Buffer.alloc(32, 7).toString("base64")}\n`);
  await expect(startAndStop()).rejects.toThrow(/does not open this database/);
  writeFileSync(file("root.key"), right);
  await startAndStop();
});

test("a start killed before it made its root credentials goes on where it was", async () => {
  await startAndStop();
  rmSync(file("root-credentials.json"));
  await startAndStop();
  expect(readRootCredentials(data)?.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(statSync(file("root-credentials.json")).mode & 0o777).toBe(0o600);
  expect(readdirSync(data).filter((name) => name.endsWith(".new"))).toEqual([]);
});

test.each([0o644, 0o640, 0o602])("root credentials of mode %o are refused", async (mode) => {
  await startAndStop();
  chmodSync(file("root-credentials.json"), mode);
  await expect(startAndStop()).rejects.toThrow(/open to others/);
  expect(() => readRootCredentials(data)).toThrow(/open to others/);
  chmodSync(file("root-credentials.json"), 0o600);
  await startAndStop();
});
