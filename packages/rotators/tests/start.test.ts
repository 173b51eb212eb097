/** The host as a process of its own, as `claviger server` starts it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";

const program = createRequire(import.meta.url).resolve("../src/start.ts");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "claviger-rotators-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function start(environment: Record<string, string>) {
  return spawn(process.execPath, ["--conditions=@claviger/source", program], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...environment },
  });
}

test("it says where it listens, serves the file's types, and ends with its standard input", async () => {
  const file = join(folder, "rotators.json");
  const own = { like: "SendGridApiKey", title: "Our own" };
  writeFileSync(file, JSON.stringify({ types: { OwnSendGridKey: own } }));
  const host = start({ CLAVIGER_ROTATOR_TOKEN: "a token", CLAVIGER_ROTATORS: file });
  const [line] = await once(createInterface({ input: host.stdout }), "line");
  const { url } = JSON.parse(line);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const response = await fetch(`${url}/types`, { headers: { authorization: "Bearer a token" } });
  const types = (await response.json()) as { type: string; title: string }[];
  expect(types).toContainEqual(
    expect.objectContaining({ type: "OwnSendGridKey", title: "Our own" }),
  );
  host.stdin.end();
  expect(await once(host, "exit")).toEqual([0, null]);
});

test("it refuses to start without a token, and with a file that is wrong", async () => {
  const without = start({});
  expect(await once(without, "exit")).toEqual([1, null]);
  const file = join(folder, "wrong.json");
  writeFileSync(file, JSON.stringify({ types: { Wrong: { title: 12 } } }));
  const wrong = start({ CLAVIGER_ROTATOR_TOKEN: "a token", CLAVIGER_ROTATORS: file });
  expect(await once(wrong, "exit")).toEqual([1, null]);
});
