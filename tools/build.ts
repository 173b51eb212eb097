/**
 * `npm run build`: each published package's `dist`, in the order in which they need each other.
 * `npm run build -- client` builds that one alone.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = ["vault", "client", "agent", "rotators", "cli"];
const asked = process.argv.slice(2);

for (const name of packages.filter((name) => asked.length === 0 || asked.includes(name))) {
  const folder = `${root}packages/${name}`;
  rmSync(`${folder}/dist`, { recursive: true, force: true });
  execFileSync("tsc", ["--project", `${folder}/tsconfig.build.json`], { stdio: "inherit" });
  // Its import is to cost next to nothing, and so is its place on the disk.
  if (name === "client") await bundle(folder);
  // npm packs only what lies in the package's own folder.
  copyFileSync(`${root}LICENSE`, `${folder}/LICENSE`);
}
