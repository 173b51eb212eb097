/** `npm run check`: everything fast, side by side, each with its time; what fails is shown whole. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { layerViolations } from "./layers.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const typesFound = "node_modules/.cache/claviger-types.tsbuildinfo";

interface Finding {
  readonly isGood: boolean;
  readonly output: string;
}

const checks: Readonly<Record<string, () => Promise<Finding>>> = {
  "format and lint": () => run("biome", ["check", "--error-on-warnings", "."]),
  "layer rules": async () => {
    const violations = layerViolations(root);
    return { isGood: violations.length === 0, output: violations.join("\n") };
  },
  // What it found is kept, so that the next time it looks only at what has changed.
  types: () => run("tsc", ["--project", ".", "--incremental", "--tsBuildInfoFile", typesFound]),
  "unused code": () => run("knip", []),
  "reference pages": () =>
    run("node", ["--conditions=@claviger/source", "tools/reference.ts", "--check"]),
  "unit tests": () => run("vitest", ["run", "--project", "unit", "--reporter", "dot"]),
};

const findings = await Promise.all(
  Object.entries(checks).map(async ([name, check]) => {
    const startedAt = performance.now();
    const finding = await check();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${finding.isGood ? "✔" : "✘"} ${name} (${seconds} s)\n`);
    return { name, ...finding };
  }),
);
for (const { name, output } of findings.filter(({ isGood }) => !isGood)) {
  process.stdout.write(`\n— ${name} —\n${output}\n`);
  process.exitCode = 1;
}

function run(command: string, words: readonly string[]): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ isGood: code === 0, output }));
  });
}
