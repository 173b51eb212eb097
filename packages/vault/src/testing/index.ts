/**
 * A whole vault for a test: real storage in a folder of its own, real HTTP on a free port, and a
 * clock that the test may move.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { readConfiguration } from "../configuration.ts";
import { type StartOptions, startServer } from "../main.ts";
import { writePrivateFile } from "../private-file.ts";
import type { SettingName } from "../settings.ts";
import { databaseOfRun } from "./database.ts";

/** Real time plus whatever the test has advanced it by; signatures stay valid on advancing little. */
export class MovableClock implements Clock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
  }
}

export interface TestVault {
  readonly url: string;
  readonly clock: MovableClock;
  readonly dataDirectory: string;
  readonly accountId: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What an AWS SDK client takes. Signs at the vault's time, also where a test has advanced it. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** Faults of the vault's own that requests met: a test that expects none asserts it is empty. */
  readonly faults: readonly unknown[];
  /** Stops the vault and starts it again on the same data, off for so long by its clock. */
  restart(offMilliseconds?: number): Promise<void>;
  /** Stops the vault and removes its data. */
  close(): Promise<void>;
}

/** What else a vault is started with: its built-in rotators' host, and who hears its notices. */
export type TestSurroundings = Pick<StartOptions, "startRotatorHost" | "onNotice">;

/**
 * Starts a vault of its own for a test, with `flags` as `claviger server` has; `close()` it. It is
 * on the embedded database, unless the tests run on PostgreSQL, or `flags` name one.
 */
export async function startVault(
  flags: Readonly<Partial<Record<SettingName, string>>> = {},
  surroundings: TestSurroundings = {},
): Promise<TestVault> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "claviger-test-"));
  const shared = flags.database === undefined ? await databaseOfRun() : undefined;
  const clock = new MovableClock();
  const faults: unknown[] = [];
  const given = { ...onDatabase(shared?.url, dataDirectory), ...flags, data: dataDirectory };
  const start = (port: string) =>
    startServer(
      readConfiguration(
        { ...given, port },
        {
          CLAVIGER_ROOT_ACCESS_KEY_ID: credentials.accessKeyId,
          CLAVIGER_ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
      ),
      { ...surroundings, clock, logTo: "nowhere", onFault: (fault) => faults.push(fault) },
    );
  let running = await start("0");
  const { url } = running;
  return {
    url,
    clock,
    dataDirectory,
    accountId: "123456789012",
    credentials,
    client: { endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 },
    faults,
    async restart(offMilliseconds = 0) {
      await running.close();
      clock.advance(offMilliseconds);
      running = await start(new URL(url).port);
    },
    async close() {
      await running.close();
      await shared?.drop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** A node of many makes no root key for itself. */
function onDatabase(database: string | undefined, folder: string) {
  if (database === undefined) return {};
  const path = join(folder, "given-root.key");
  writePrivateFile(path, `${Buffer.alloc(32, "for tests").toString("base64")}\n`);
  return { database, rootKey: `file:${path}` };
}
