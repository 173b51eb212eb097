import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Our packages run from source, in the tests as everywhere else: Node loads it, and no transformer.
const execArgv = ["--conditions=@claviger/source"];
const experimental = { viteModuleRunner: false, nodeLoader: false };

// All that a run's processes leave on the disk goes with it: a worker that is ended removes nothing.
// What Node compiles in one of them serves all the others.
if (process.env.CLAVIGER_TESTS_FOLDER === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "claviger-tests-"));
  process.env.CLAVIGER_TESTS_FOLDER = folder;
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE ??= join(folder, "compiled");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}

const common = {
  execArgv,
  setupFiles: [fileURLToPath(new URL("tools/property-seed.ts", import.meta.url))],
  // A busy machine may take long; where all is well nobody waits.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
};
const globalSetup = [fileURLToPath(new URL("tools/harness/shared-postgres.ts", import.meta.url))];

/** Units that write to disks and to PostgreSQL, and wait for them. */
const databases = [
  "packages/vault/src/{postgres,snapshot}/**/*.test.ts",
  "packages/vault/src/{audit,storage}/{copying,postgres,sqlite}/**/*.test.ts",
  "packages/vault/src/audit/copying.test.ts",
  "tools/harness/**/*.test.ts",
];

export default defineConfig({
  test: {
    experimental,
    // Many tests wait for processes that they started: one core fewer would idle most of the time.
    maxWorkers: availableParallelism() + 1,
    // Of tests that say they may run side by side in one file: those that wait for processes too.
    maxConcurrency: 2,
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "tools/**/*.test.ts"],
          exclude: databases,
          // Neither units nor the vault's tests keep anything in modules, so that their files may share
          // a process: a third of the time.
          isolate: false,
        },
      },
      {
        test: {
          ...common,
          name: "databases",
          include: databases,
          globalSetup,
          isolate: false,
        },
      },
      {
        test: {
          ...common,
          name: "vault",
          include: ["packages/vault/tests/**/*.test.ts"],
          exclude: ["packages/vault/tests/nodes/**"],
          isolate: false,
        },
      },
      {
        test: {
          // All that the vault does over HTTP, on the other database. The one left out compares the
          // embedded database's file before and after each request.
          ...common,
          name: "postgres",
          include: ["packages/vault/tests/{api,nodes}/**/*.test.ts"],
          exclude: ["packages/vault/tests/api/fuzz.test.ts"],
          env: { CLAVIGER_TESTS_ON_POSTGRES: "1" },
          globalSetup,
          isolate: false,
        },
      },
      {
        test: {
          // They leave modules and the process's environment alone, so that files may share a process.
          ...common,
          name: "libraries",
          include: ["packages/{agent,client,rotators}/tests/**/*.test.ts"],
          isolate: false,
        },
      },
      {
        test: {
          // What is typed in these processes finds an environment of its own, and leaves none behind.
          ...common,
          name: "whole",
          include: ["packages/cli/tests/**/*.test.ts", "examples/*/tests/**/*.test.ts"],
          isolate: false,
        },
      },
    ],
  },
});
