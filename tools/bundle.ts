/**
 * Makes of a package's compiled `dist` as few files as its exports need: Node takes longer to find
 * and open a file than to run it. What is loaded later stays in files of its own.
 */
import {
  copyFileSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * `folder` is a package whose exports all have a "default" in its dist. Its devDependencies become
 * part of the bundle; what it depends on stays outside.
 */
export async function bundle(folder: string): Promise<void> {
  const read = readFileSync(join(folder, "package.json"), "utf8");
  const { exports, devDependencies = {} } = JSON.parse(read);
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
    plugins: [inlined(folder, Object.keys(devDependencies))],
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

/**
 * Packages that go into the bundle, with their licences beside it. CommonJS asks for Node's own
 * modules by `require`, which has no place in an ECMAScript module, and so in no bundle that an
 * application makes of ours: it is given them by imports.
 */
function inlined(folder: string, packages: readonly string[]): Plugin {
  const { resolve } = createRequire(join(folder, "package.json"));
  return {
    name: "inlined",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
        if (packages.includes(path)) {
          const main = resolve(path);
          copyFileSync(join(dirname(main), "LICENSE"), join(folder, "dist", `LICENSE.${path}`));
          return { path: main };
        }
        return kind === "require-call" && isBuiltin(path) ? { path, namespace: "builtin" } : null;
      });
      onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => ({
        contents: `export * from "node:${path}";`,
      }));
    },
  };
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
