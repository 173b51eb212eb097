/**
 * `npm run build`: each published package's `dist`, in the order in which they need each other.
 * `npm run build -- client` builds that one alone.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = ["vault", "client", "agent", "cli"];
const asked = process.argv.slice(2);

for (const name of asked.length > 0 ? packages.filter((name) => asked.includes(name)) : packages) {
  rmSync(`${root}packages/${name}/dist`, { recursive: true, force: true });
  execFileSync("tsc", ["--project", `packages/${name}/tsconfig.build.json`], {
    cwd: root,
    stdio: "inherit",
  });
  // npm packs only what lies in the package's own folder.
  copyFileSync(`${root}LICENSE`, `${root}packages/${name}/LICENSE`);
}
