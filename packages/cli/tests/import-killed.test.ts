/**
 * `claviger import --replace`, killed at any moment: each file is the old or the new one to the
 * byte, nothing that is left holds a value, and the same command again finishes.
 */
import { type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SSM } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { clientConfiguration } from "../../../tools/prove/client-configuration.ts";
import { type LeakyProject, makeLeakyProject } from "./leaky-project.fixture.ts";
import { refuseWrites } from "./refusing-proxy.fixture.ts";
import { command } from "./typed-here.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const paths = [".env", "worker/.env", "settings.json"];
const words = (app: string) =>
  ["import", ...paths, "--app", app, "--env", "production", "--replace", "--yes"] as const;

/** Many more with `npm run prove -- import-secrecy --full`. */
const deaths = Number(process.env.CLAVIGER_TESTS_DEATHS ?? 3);
const timeout = 60_000 + deaths * 5_000;

describe("import, killed", () => {
  let vault: VaultProcess;
  let project: LeakyProject;
  let before: readonly string[];
  let replaced: Readonly<Record<string, string>>;
  let milliseconds: number;
  let spans: readonly Span[];

  beforeAll(async () => {
    vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("killed")}/data` });
    project = makeLeakyProject(temporaryFolder("killed-project"));
    before = filesBelow(project.folder);
    const startedAt = performance.now();
    const watched = [".", "worker"].map((folder) => happenings(join(project.folder, folder)));
    await ended(start());
    milliseconds = performance.now() - startedAt;
    spans = watched.map((stop) => stop());
    replaced = contents();
    restore();
  });
  afterAll(() => vault.stop());

  const start = (app = "killed", environment = vault.environment, stdio: StdioOptions = "ignore") =>
    spawn(command, words(app), {
      cwd: project.folder,
      env: { ...cleanEnvironment(), ...environment },
      stdio,
    });
  const contents = () =>
    Object.fromEntries(
      paths.map((path) => [path, readFileSync(join(project.folder, path), "utf8")]),
    );
  const restore = () => {
    for (const [path, text] of Object.entries(project.files)) {
      writeFileSync(join(project.folder, path), text);
    }
  };

  function assertWhole(): void {
    for (const [path, text] of Object.entries(contents())) {
      expect([project.files[path], replaced[path]]).toContain(text);
    }
    for (const name of filesBelow(project.folder)) {
      if (paths.includes(name)) continue;
      const text = readFileSync(join(project.folder, name), "latin1");
      for (const value of Object.values(project.keys)) expect(text).not.toContain(value);
    }
  }

  test("by Ctrl-C, says what is in, and begins nothing more", { timeout }, async () => {
    let child: ReturnType<typeof start> | undefined;
    const proxy = await refuseWrites(vault.url, ({ number }) => {
      if (number === 1) child?.kill("SIGINT");
      return undefined;
    });
    const environment = { ...vault.environment, AWS_ENDPOINT_URL: proxy.url };
    child = start("interrupted", environment, ["ignore", "ignore", "pipe"]);
    const [said] = await Promise.all([text(child.stderr as Readable), ended(child)]);
    await proxy.stop();
    expect(child.exitCode).toBe(130);
    expect(said).toMatch(
      /^error: interrupted: [1-4] of 19 are in\nhint: the files are as they were, and the same/,
    );
    for (const [path, content] of Object.entries(contents())) {
      expect(content).toBe(project.files[path]);
    }
  });

  test("at any time, leaves the old files or the new ones", { timeout }, async () => {
    for (let n = 0; n < deaths; n++) {
      const child = start();
      await sleep((milliseconds * (n + 0.5)) / deaths);
      child.kill("SIGKILL");
      await ended(child);
      assertWhole();
      restore();
    }
  });

  test("while a file is replaced, too", { timeout }, async () => {
    for (const { folder, milliseconds } of spans) {
      for (let n = 0; n < deaths / 2; n++) {
        const child = start();
        // Something happens in the folder: the new file is made, or written, or moved.
        const watcher = watch(folder).once("change", () => {
          setTimeout(() => child.kill("SIGKILL"), (2 * milliseconds * (n + 0.5)) / deaths);
        });
        await ended(child);
        watcher.close();
        assertWhole();
        restore();
      }
    }
  });

  test("goes on, and leaves nothing but the files, each value once", async () => {
    await ended(start());
    expect(contents()).toEqual(replaced);
    expect(filesBelow(project.folder)).toEqual(before);
    const ssm = new SSM(clientConfiguration(vault.environment));
    const { Parameters = [] } = await ssm.getParametersByPath({
      Path: "/killed/",
      Recursive: true,
    });
    expect(Parameters.map(({ Version }) => Version)).toEqual(Array(10).fill(1));
  });
});

/** From the first that happens in a folder to the last. */
interface Span {
  readonly folder: string;
  readonly milliseconds: number;
}

/** Watches until it is called. Throws there if nothing has happened. */
function happenings(folder: string): () => Span {
  const times: number[] = [];
  const watcher = watch(folder, () => times.push(performance.now()));
  return () => {
    watcher.close();
    const [first = Number.NaN] = times;
    const milliseconds = (times.at(-1) ?? Number.NaN) - first;
    if (!(milliseconds > 0)) throw new Error(`nothing has happened in ${folder}`);
    return { folder, milliseconds };
  };
}

async function ended(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}
