// Runs a command of this repository on its own Node, after installing what is missing:
// `node tools/with-install.mjs -- COMMAND …`. Plain JavaScript for whatever Node from 20 on the
// machine has; `node` and the packages' commands in COMMAND are the repository's.
import { spawn, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

// npm writes the second of these when it has installed what the first asks for.
const [wanted, installed] = ["package-lock.json", "node_modules/.package-lock.json"].map(
  (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
);
if (installed < wanted) {
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
}

// Not every npm links the binary of the platform's Node package into .bin.
const names = ["node", "node-bin"].map((name) => `${name}-${platformName()}-${process.arch}`);
const nodes = names.map((name) => join(root, "node_modules", name, "bin"));
const path = [...nodes, join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);

const [command, ...words] = process.argv.slice(process.argv.indexOf("--") + 1);
const child = spawn(command, words, { stdio: "inherit", env: { ...process.env, PATH: path } });
// The terminal signals the whole group; only what is sent to this process alone is passed on.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {});
// npm keeps a SIGTERM to itself: where it is gone, nobody is left whom the command could serve.
const parent = process.ppid;
setInterval(() => process.ppid === parent || child.kill("SIGTERM"), 500).unref();
child.on("error", (error) => {
  process.stderr.write(`error: ${error.message}\nhint: remove node_modules and run it again\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

function platformName() {
  return process.platform === "win32" ? "win" : process.platform;
}
