/** What a library costs before it does anything: the time to import it, and its size on the disk. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bytesBelow, installPackedClient } from "../../harness/packed-client.ts";
import { temporaryFolder } from "../../harness/vault-process.ts";

export interface Footprint {
  readonly name: string;
  /** Beyond a bare node. */
  readonly importMilliseconds: number;
  /** With all that it depends on. */
  readonly installedBytes: number;
}

/** What these need besides: peers that an application installs with them. */
const sdk = ["@aws-sdk/client-ssm", "@aws-sdk/client-secrets-manager"];

const others: Readonly<Record<string, readonly string[]>> = {
  "Powertools parameters": [
    "@aws-lambda-powertools/parameters/ssm",
    "@aws-lambda-powertools/parameters/secrets",
  ],
  middy: ["@middy/core", "@middy/ssm", "@middy/secrets-manager"],
  "lru-cache and the SDK": ["lru-cache", ...sdk],
};

/** Ours as it is packed and installed; the others as they are installed in this checkout. */
export function measureFootprints(root: string, starts: number): Footprint[] {
  const folder = temporaryFolder("footprint");
  installPackedClient(root, folder);
  const ours = {
    name: "@claviger/client",
    modules: [packedEntry(folder)],
    installedBytes: bytesBelow(join(folder, "node_modules")),
  };
  const theirs = Object.entries(others).map(([name, specifiers]) => ({
    name,
    modules: specifiers.map((specifier) => import.meta.resolve(specifier)),
    installedBytes: closureBytes([...specifiers.map(packageOf), ...sdk]),
  }));
  const candidates = [ours, ...theirs].map((candidate, at) => {
    const script = join(folder, `import-${at}.mjs`);
    writeFileSync(
      script,
      candidate.modules.map((url) => `import ${JSON.stringify(url)};\n`).join(""),
    );
    return { ...candidate, script };
  });
  const bare = join(folder, "bare.mjs");
  writeFileSync(bare, "");
  const startMilliseconds = startTimes([bare, ...candidates.map(({ script }) => script)], starts);
  return candidates.map(({ name, installedBytes, script }) => ({
    name,
    importMilliseconds: (startMilliseconds.get(script) ?? 0) - (startMilliseconds.get(bare) ?? 0),
    installedBytes,
  }));
}

/**
 * By turns; the best of each, as whatever else runs on the machine only ever adds to it. Those after
 * the first two take several times as long, and need no such precision.
 */
function startTimes(scripts: readonly string[], starts: number): Map<string, number> {
  const times = new Map<string, number[]>(scripts.map((script) => [script, []]));
  for (let count = 0; count < starts; count++) {
    for (const script of count % 4 === 0 ? scripts : scripts.slice(0, 2)) {
      const startedAt = performance.now();
      const { status } = spawnSync(process.execPath, [script], { stdio: "inherit" });
      if (status !== 0) throw new Error(`${script} ended with ${status}`);
      times.get(script)?.push(performance.now() - startedAt);
    }
  }
  return new Map(Array.from(times, ([script, all]) => [script, Math.min(...all)]));
}

function packedEntry(folder: string): string {
  const client = join(folder, "node_modules/@claviger/client");
  const { exports } = JSON.parse(readFileSync(join(client, "package.json"), "utf8"));
  return new URL(exports["."].default, `file://${client}/`).href;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The packages, with all that they depend on, each once. */
function closureBytes(names: readonly string[]): number {
  const folders = new Set<string>();
  const waiting = names.map((name) => ({ name, from: import.meta.filename }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = folderOf(next.name, next.from);
    if (folders.has(folder)) continue;
    folders.add(folder);
    const from = join(folder, "package.json");
    const { dependencies = {} } = JSON.parse(readFileSync(from, "utf8"));
    waiting.push(...Object.keys(dependencies).map((name) => ({ name, from })));
  }
  // A folder within another is counted with it.
  const apart = [...folders].filter(
    (folder) => ![...folders].some((other) => folder.startsWith(`${other}/`)),
  );
  return apart.reduce((sum, folder) => sum + bytesBelow(folder), 0);
}

function folderOf(name: string, from: string): string {
  for (const modules of createRequire(from).resolve.paths(name) ?? []) {
    const folder = join(modules, name);
    try {
      readFileSync(join(folder, "package.json"));
      return folder;
    } catch {
      // Further up.
    }
  }
  throw new Error(`${name}, which ${dirname(from)} needs, is not installed`);
}
