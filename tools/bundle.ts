/**
 * Makes of a package's compiled `dist` as few files as its exports need: Node takes longer to find
 * and open a file than to run it. What is loaded later stays in files of its own.
 */
import {
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";

/** `folder` is a package whose exports all have a "default" in its dist. */
export async function bundle(folder: string): Promise<void> {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entries: { default: string; types: string }[] = Object.values<never>(exports).filter(
    (entry) => typeof entry === "object",
  );
  const dist = join(folder, "dist");
  const compiled = globSync(join(dist, "**/*.js"));
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => join(folder, entry.default)),
    outbase: dist,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
    target: "node22",
    write: false,
  });
  for (const file of compiled) rmSync(file);
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  const declarations = reachable(entries.map((entry) => resolve(folder, entry.types)));
  for (const file of globSync(join(dist, "**/*.d.ts"))) if (!declarations.has(file)) rmSync(file);
  removeEmptyFolders(dist);
}

/** The declarations that those of the exports name. */
function reachable(entries: readonly string[]): Set<string> {
  const found = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const [, from = ""] of readFileSync(file, "utf8").matchAll(/"(\.{1,2}\/[^"]+)"/g)) {
      waiting.push(resolve(dirname(file), from.replace(/\.ts$|\.js$/, ".d.ts")));
    }
  }
  return found;
}

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
