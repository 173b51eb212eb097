/**
 * The client as npm would give it to an application: built, packed, and installed from the tarball
 * with the package that it needs, whose tarball is made from this checkout's. No network.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const quiet = ["--loglevel=error", "--no-audit", "--no-fund"];

/** Makes `folder` an application with the packed client in its node_modules. */
export function installPackedClient(root: string, folder: string): void {
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs, { recursive: true });
  execFileSync(process.execPath, [join(root, "tools/build.ts"), "client"], { stdio: "inherit" });
  const packages = ["packages/client", "node_modules/@standard-schema/spec"];
  const paths = packages.map((path) => join(root, path));
  npm(["pack", "--ignore-scripts", "--pack-destination", tarballs, ...paths], folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const packed = readdirSync(tarballs).map((name) => join(tarballs, name));
  npm(["install", "--offline", "--ignore-scripts", ...packed], folder);
}

/** Of all files of a package, or of a folder of packages. */
export function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

function npm(words: readonly string[], cwd: string): void {
  execFileSync("npm", [...words, ...quiet], { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
