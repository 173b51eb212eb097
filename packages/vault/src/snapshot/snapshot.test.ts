import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfiguration } from "../configuration.ts";
import { RootKeyError } from "../encryption/root-keys/root-key.ts";
import { startServer } from "../main.ts";
import { ownDatabase } from "../testing/database.ts";
import type { TestVault } from "../testing/index.ts";
import { backUp } from "./backup.ts";
import {
  emptyFolder,
  everythingIn,
  filledVault,
  parameterValue,
  put,
  verified,
} from "./filled-vault.fixture.ts";
import type { Place } from "./place.ts";
import { move, restore } from "./restore.ts";
import { SnapshotError } from "./snapshot-error.ts";
import { checkSnapshot } from "./snapshot-file.ts";

const quiet = { madeBy: "test", onProgress() {} };
const noProgress = () => {};

let vault: TestVault;
let source: Place;
let directory: string;
let path: string;

beforeAll(async () => {
  vault = await filledVault();
  source = { type: "folder", directory: vault.dataDirectory };
});

afterAll(() => vault.close());

beforeEach(() => {
  directory = emptyFolder();
  path = join(directory, "vault.snapshot");
});

afterEach(() => rmSync(directory, { recursive: true }));

const folder = (name: string): Place => ({ type: "folder", directory: join(directory, name) });

/** Of the restored vault the trail's end and the new history differ, and nothing else. */
const rowsOf = (records: readonly unknown[], table?: string) =>
  (records as { type: string; table: string; key: string }[]).filter(
    (record) => record.type === "row" && (table === undefined || record.table === table),
  );

describe("a backup", () => {
  test("of a serving vault holds all of it, and neither root key nor value", async () => {
    const summary = await backUp(source, path, quiet);
    const all = await everythingIn(source);
    expect(summary.rows).toBe(rowsOf(all).length);
    expect(summary.events).toBeGreaterThan(12);
    expect(summary).toMatchObject({ accountId: vault.accountId, madeBy: "test" });
    expect(await checkSnapshot(path)).toEqual(summary);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["vault.snapshot"]);
    const rootKey = readFileSync(join(vault.dataDirectory, "root.key"), "utf8").trim();
    const restored = folder("restored");
    await restore(path, restored, noProgress);
    const bytes = Buffer.concat(
      ["vault.db", "audit.db"].map((name) => readFileSync(join(directory, "restored", name))),
    );
    for (const secret of [rootKey, "second", vault.credentials.secretAccessKey]) {
      expect(bytes.includes(secret), secret).toBe(false);
    }
    expect(bytes.includes(Buffer.from(rootKey, "base64"))).toBe(false);
  });

  test("replaces no file, and of a folder without a vault there is none", async () => {
    await backUp(source, path, quiet);
    await expect(backUp(source, path, quiet)).rejects.toThrow("is there already");
    const other = join(directory, "other");
    await expect(backUp(folder("empty"), other, quiet)).rejects.toThrow("holds no vault");
    expect(readdirSync(directory)).toEqual(["vault.snapshot"]);
  });
});

describe.each(["folder", "postgres"] as const)("a restore to an empty %s", (type) => {
  let place: Place;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    if (type === "folder") {
      place = folder("restored");
      drop = async () => {};
    } else {
      const own = await ownDatabase();
      place = { type: "postgres", url: own.url };
      drop = own.drop;
    }
  });

  afterEach(() => drop());

  test("brings every row as it was, and begins a history of its own", async () => {
    const before = await everythingIn(source);
    await backUp(source, path, quiet);
    await restore(path, place, noProgress);
    const after = await everythingIn(place);
    const first = rowsOf(after, "changes").at(-1);
    const horizon = rowsOf(after, "change_marks").find(({ key }) => key === "horizon");
    const others = rowsOf(after).filter((row) => row !== first && row !== horizon);
    expect(others).toEqual(rowsOf(before));
    const counter = Number(first?.key);
    expect(after[0]).toMatchObject({ changeCounter: counter });
    expect(counter).toBeGreaterThan((before[0] as { changeCounter: number }).changeCounter);
    expect(horizon).toMatchObject({ body: JSON.stringify({ counter }) });
    const { problems } = await verified(place, vault.dataDirectory);
    expect(problems).toEqual([]);
    await expect(restore(path, place, noProgress)).rejects.toThrow("is not empty");
  });

  test("of a damaged file changes nothing", async () => {
    await backUp(source, path, quiet);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(restore(path, place, noProgress)).rejects.toThrow(SnapshotError);
    if (place.type === "folder") expect(existsSync(place.directory)).toBe(false);
    else await expect(everythingIn(place)).rejects.toThrow("holds no vault");
  });
});

test("what is restored serves with the root key of its time, and with no other", async () => {
  await put(vault, "/shop/key", "of the backup");
  await backUp(source, path, quiet);
  await put(vault, "/shop/key", "of later");
  const restored = join(directory, "restored");
  await restore(path, { type: "folder", directory: restored }, noProgress);

  const configuration = () => {
    const environment = {
      CLAVIGER_ROOT_ACCESS_KEY_ID: vault.credentials.accessKeyId,
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: vault.credentials.secretAccessKey,
    };
    return readConfiguration({ data: restored, port: "0" }, environment);
  };
  await expect(startServer(configuration(), { logTo: "nowhere" })).rejects.toThrow(RootKeyError);
  copyFileSync(join(vault.dataDirectory, "root.key"), join(restored, "root.key"));
  const server = await startServer(configuration(), { logTo: "nowhere" });
  const client = { ...vault.client, endpoint: server.url };
  expect(await parameterValue({ client }, "/shop/key")).toBe("of the backup");
  await put({ client }, "/shop/key", "of the new history");
  await server.close();
  const { problems } = await verified({ type: "folder", directory: restored }, restored);
  expect(problems).toEqual([]);
});

test.each(["vault.db-wal", "audit.db-wal", "vault.db-mark"])(
  "a folder with the %s of another vault takes none, as SQLite would mix the two",
  async (name) => {
    await backUp(source, path, quiet);
    writeFileSync(join(directory, name), "left behind");
    const restoring = restore(path, { type: "folder", directory }, noProgress);
    await expect(restoring).rejects.toThrow(`is not empty: it holds ${name}`);
  },
);

describe("a move", () => {
  test("to PostgreSQL and back brings the same rows and trail, byte by byte", async () => {
    const { url, drop } = await ownDatabase();
    const postgres: Place = { type: "postgres", url };
    const options = { ...quiet, isServedAnyway: false };
    try {
      await backUp(source, path, quiet);
      const start = folder("start");
      await restore(path, start, noProgress);
      const before = await everythingIn(start);
      await move(start, postgres, options);
      expect(await everythingIn(postgres)).toEqual(before);
      const end = folder("end");
      await move(postgres, end, options);
      expect(await everythingIn(end)).toEqual(before);
      expect(await everythingIn(start)).toEqual(before);
      await expect(move(start, end, options)).rejects.toThrow("is not empty");
    } finally {
      await drop();
    }
  });

  test("of a folder that a vault serves is refused", async () => {
    const moving = move(source, folder("to"), { ...quiet, isServedAnyway: true });
    await expect(moving).rejects.toThrow("Another process is serving");
    expect(existsSync(join(directory, "to"))).toBe(false);
  });
});
