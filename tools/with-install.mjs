// Runs a command of this repository after installing what is missing: `node tools/with-install.mjs
// -- COMMAND …`. Plain JavaScript for whatever Node from 20 on the machine has.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const lock = createHash("sha256").update(readFileSync("package-lock.json")).digest("hex");
const mark = "node_modules/.claviger-installed";
if (!existsSync(mark) || readFileSync(mark, "utf8") !== lock) {
  process.stderr.write("Installing what is missing (npm ci, once)…\n");
  const npm = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    },
  );
  if (npm.status !== 0) {
    process.stderr.write(
      "error: npm ci failed\nhint: see npm's message above; it needs the npm registry\n",
    );
    process.exit(1);
  }
  writeFileSync(mark, lock);
}

const [command, ...words] = process.argv.slice(process.argv.indexOf("--") + 1);
const child = spawn(command, words, { stdio: "inherit" });
// The terminal signals the whole group; only what is sent to this process alone is passed on.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {});
child.on("error", (error) => {
  process.stderr.write(`error: ${error.message}\nhint: remove node_modules and run it again\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
