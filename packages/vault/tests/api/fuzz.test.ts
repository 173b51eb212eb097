/**
 * Whatever the input of an operation is, the vault answers: never with a fault of its own, never
 * to somebody without permission, and a request that is refused has changed nothing.
 *
 * Every operation of every service takes part by its declared shape. FUZZ_RUNS makes it longer.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { services } from "../../src/compose.ts";
import type { AnyOperation, Service } from "../../src/operations/operation.ts";
import { startVault, type TestVault } from "../../src/testing/index.ts";
import { furnish, makeUser } from "./furnished-vault.fixture.ts";
import { inputOf, type Known } from "./hostile-inputs.fixture.ts";
import { type Credentials, RawHttp, type Reply } from "./raw-http.fixture.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 20);
const millisecondsMax = 60_000 + runs * 1000;

let vault: TestVault;
let http: RawHttp;
let records: Records;
let known: Known;
let nobody: Credentials;

beforeAll(async () => {
  vault = await startVault();
  http = new RawHttp(vault);
  records = new Records(join(vault.dataDirectory, "vault.db"));
  nobody = await makeUser(vault, "nobody");
  known = await furnish(vault);
});

afterAll(async () => {
  http.close();
  records.close();
  await vault.close();
});

/** What takes things away comes last, so that the others find what they name. */
const operations = services
  .flatMap((service) =>
    service.operations.map((operation) => ({
      title: `${service.name} ${operation.name}`,
      service,
      operation,
    })),
  )
  .sort((one, other) => harm(one.operation) - harm(other.operation));

function harm({ name, isReadOnly }: AnyOperation): number {
  if (isReadOnly) return 0;
  return /^(?:Delete|Detach)/.test(name) ? 2 : 1;
}

describe("every operation withstands every input", () => {
  test.each(operations)("$title", { timeout: millisecondsMax }, async ({ service, operation }) => {
    await fc.assert(
      fc.asyncProperty(inputOf(operation.input, known), (input) =>
        withstands(service, operation, input),
      ),
      { numRuns: runs },
    );
  });
});

/** What AWS asks no permission for. */
const free = new Set(["GetCallerIdentity", "GetSessionToken"]);

async function withstands(service: Service, operation: AnyOperation, input: unknown) {
  const send = (credentials?: Credentials) =>
    service.protocol === "aws-json"
      ? http.json(service, operation.name, JSON.stringify(input), credentials)
      : http.form(service, formOf(service, operation, input), credentials);

  const before = records.digest();
  const refused = await send(nobody);
  expectAnswer(refused);
  if (!free.has(operation.name)) expect(refused.status, refused.text).toBeGreaterThanOrEqual(400);
  expect(records.digest(), "a refused request changed records").toBe(before);

  const reply = await send();
  expectAnswer(reply);
  if (reply.status >= 400) {
    expect(records.digest(), `a request refused with ${reply.code} changed records`).toBe(before);
  }
}

function expectAnswer(reply: Reply): void {
  expect(reply.status, reply.text).toBeLessThan(500);
  expect(reply.requestId).toMatch(/^[0-9a-f-]{36}$/);
  if (reply.status >= 400) expect(reply.code).toMatch(/^[A-Za-z]+$/);
  expect(vault.faults).toEqual([]);
}

/** The input as AWS Query writes it: members with dots between, lists numbered from one. */
function formOf({ version }: Service, { name }: AnyOperation, input: unknown): string {
  const parameters: string[] = [];
  const add = (path: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) {
      parameters.push(`${encoded(path)}=${encoded(String(value))}`);
      return;
    }
    const entries = Array.isArray(value)
      ? value.map((item, at): [string, unknown] => [`member.${at + 1}`, item])
      : Object.entries(value);
    if (entries.length === 0) parameters.push(`${encoded(path)}=`);
    for (const [key, item] of entries) add(path === "" ? key : `${path}.${key}`, item);
  };
  add("", input);
  return [`Action=${name}`, `Version=${version}`, ...parameters].join("&");
}

/** Half a surrogate pair goes out as the three bytes that would be its UTF-8. */
function encoded(text: string): string {
  return text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((c) => (c.isWellFormed() ? encodeURIComponent(c) : "%ED%A0%80")).join("");
}

/** All that the vault stores, but for the day when a secret was last read, as one hash. */
class Records {
  readonly #database: DatabaseSync;
  readonly #tables: readonly string[];
  #counter: unknown;
  #digest = "";

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    this.#tables = this.#database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !name.endsWith("_index") && !/^(sqlite_|change_counter)/.test(name));
  }

  digest(): string {
    const counter = this.#database.prepare('SELECT "value" FROM "change_counter"').get()?.value;
    if (counter === this.#counter) return this.#digest;
    const hash = createHash("sha256");
    for (const table of this.#tables) {
      for (const row of this.#database.prepare(`SELECT * FROM "${table}" ORDER BY 1`).iterate()) {
        hash.update(JSON.stringify([table, row.key, row.body]).replace(readOn, ""));
        if (row.sealed instanceof Uint8Array) hash.update(row.sealed);
      }
    }
    this.#counter = counter;
    this.#digest = hash.digest("hex");
    return this.#digest;
  }

  close(): void {
    this.#database.close();
  }
}

/** Written a second after the read that it tells of. */
const readOn = /,?\\"(?:lastAccessedDate\\":\d+|versionAccessDates\\":\{[^}]*\})/g;
