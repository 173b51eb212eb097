/**
 * Values that are planted in the files of an import are nowhere but in those files and the vault:
 * not in what it prints, the list of processes, temporary files, the home folder, or what a crash
 * leaves; not when it fails either.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cleanEnvironment,
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
} from "../../../tools/harness/vault-process.ts";
import { type LeakyProject, makeLeakyProject } from "./leaky-project.fixture.ts";
import { refuseWrites } from "./refusing-proxy.fixture.ts";
import { command } from "./typed-here.fixture.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const paths = [".env", "worker/.env", "settings.json"];

describe("a planted value", () => {
  let vault: VaultProcess;

  beforeAll(async () => {
    vault = await startVaultProcess({ root, dataDirectory: `${temporaryFolder("planted")}/data` });
  });
  afterAll(() => vault.stop());

  interface Seen {
    readonly printed: string;
    readonly status: number | null;
    /** Everything the run left in its home, its temporary folder and where reports go. */
    readonly left: ReadonlyMap<string, string>;
    /** The command lines of all processes while it ran, each once. */
    readonly commandLines: string;
  }

  async function run(
    project: LeakyProject,
    words: string,
    over: Readonly<Record<string, string>> = {},
    whenStarted: (child: ChildProcess) => void = () => {},
  ): Promise<Seen> {
    const home = temporaryFolder("planted-home");
    for (const name of ["tmp", "report"]) mkdirSync(join(home, name));
    writeFileSync(join(home, ".bash_history"), "");
    const before = new Set(processIds());
    const nodeOptions = `--report-directory=${join(home, "report")} ${over.NODE_OPTIONS ?? ""}`;
    const child = spawn(command, ["import", ...paths, ...words.split(" ")], {
      cwd: project.folder,
      env: {
        ...cleanEnvironment(),
        ...vault.environment,
        HOME: home,
        TMPDIR: join(home, "tmp"),
        ...over,
        NODE_OPTIONS: nodeOptions,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    whenStarted(child);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const commandLines = new Set<string>();
    const looking = setInterval(() => {
      for (const id of processIds()) if (!before.has(id)) commandLines.add(commandLineOf(id));
    }, 10);
    const printed = (await Promise.all([text(child.stdout), text(child.stderr)])).join("");
    const status = await ended;
    clearInterval(looking);
    const left = new Map(
      filesBelow(home).map((path) => [path, readFileSync(path, "latin1")] as const),
    );
    return { printed, status, left, commandLines: [...commandLines].join("\n") };
  }

  /** Whole, or half of it, in any of three encodings. */
  function assertNowhere({ keys }: LeakyProject, { printed, left, commandLines }: Seen): void {
    const places = [["its output", printed], ["processes", commandLines], ...left] as const;
    for (const [variable, value] of Object.entries(keys)) {
      const secret = value.replace(/^[a-z]+:\/\/[a-z]*:|@.*$/g, "");
      const part = secret.slice(-Math.ceil(secret.length / 2));
      const bytes = Buffer.from(value);
      for (const form of [part, bytes.toString("base64"), bytes.toString("hex")]) {
        for (const [place, content] of places) {
          if (content.includes(form)) expect.fail(`${variable} is in ${place}`);
        }
      }
    }
  }

  const newProject = (name: string) => makeLeakyProject(temporaryFolder(name), name);
  const forApp = (app: string) => `--app ${app} --env production --yes`;

  test("stands in nothing that a run prints, starts or leaves", async () => {
    const project = newProject("plain");
    for (const words of ["--dry-run --format json", "--replace"]) {
      const seen = await run(project, `${forApp("plain")} ${words}`.trim());
      expect(seen.status).toBe(0);
      expect(seen.commandLines).toContain("claviger");
      expect([...seen.left.keys()].map((path) => path.split("/").at(-1))).toEqual([
        ".bash_history",
      ]);
      assertNowhere(project, seen);
    }
  });

  test.each([
    ["a parameter", forApp("refused")],
    ["a secret", `${forApp("refused")} --to secretsmanager --format json`],
  ])("stands in no error, where %s is refused", async (_, words) => {
    const project = newProject("failing");
    const proxy = await refuseWrites(vault.url, () => "ValidationException");
    const seen = await run(project, words, { AWS_ENDPOINT_URL: proxy.url });
    await proxy.stop();
    expect(seen).toMatchObject({ status: 1, printed: expect.stringContaining("(the value)") });
    assertNowhere(project, seen);
  });

  test("stands in nothing that a crash prints, nor in its report", async () => {
    const project = newProject("crash");
    let importing: ChildProcess | undefined;
    // The first write tells that all values are in its memory.
    const proxy = await refuseWrites(vault.url, async ({ number }) => {
      if (number === 1) importing?.kill("SIGUSR2");
      await once(importing ?? process, "exit");
      return "cut" as const;
    });
    const crash = "process.on('SIGUSR2',()=>{throw(Error('crash'))})";
    const over = {
      AWS_ENDPOINT_URL: proxy.url,
      NODE_OPTIONS: `--report-uncaught-exception --import data:text/javascript,${crash}`,
    };
    const seen = await run(project, forApp("crash"), over, (child) => {
      importing = child;
    });
    await proxy.stop();
    expect(seen.printed).toContain("Error: crash");
    expect([...seen.left.values()].some((text) => text.includes('"javascriptStack"'))).toBe(true);
    assertNowhere(project, seen);
  });
});

function processIds(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function commandLineOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "latin1");
  } catch {
    // It has ended since.
    return "";
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
