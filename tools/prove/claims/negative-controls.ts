/**
 * The claims can fail: with the signature check broken, a commit dropped before the reply, or a
 * permit skipped, the claim that promises it turns red. The breaks are made in copies of the source
 * that are thrown away, so the checkout is never touched, and one at a time in each.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { cleanEnvironment, temporaryFolder } from "../../harness/vault-process.ts";
import { type Break, breaks } from "../breaks.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";

/** Each mends what it broke, so that the next break has what Node has compiled of all the rest. */
const copiesMax = 2;

export const negativeControls: Claim = {
  name: "negative-controls",
  says: "with a safeguard broken on purpose, the claim that promises it fails",
  async run({ root, isFull, print }) {
    const queue = breaks.filter(({ isSlow }) => isFull || isSlow !== true);
    const breakInTurn = async () => {
      const copy = copyOf(root);
      for (let each = queue.shift(); each !== undefined; each = queue.shift()) {
        await turnsRed(copy, each, print).catch((error) => {
          queue.length = 0;
          throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: copiesMax }, breakInTurn));
  },
};

async function turnsRed(
  copy: string,
  { what, file, from, to, claim, verdict }: Break,
  print: ClaimRun["print"],
): Promise<void> {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  demand(source.split(from).length === 2, `${file} does not hold «${from}» exactly once`);
  writeFileSync(path, source.replace(from, to));
  const run = spawn(
    process.execPath,
    ["--conditions=@claviger/source", "tools/prove/prove.ts", claim],
    { cwd: copy, env: cleanEnvironment(), stdio: ["ignore", "pipe", "ignore"] },
  );
  const [said, [status]] = await Promise.all([text(run.stdout), once(run, "close")]);
  writeFileSync(path, source);
  const observed = said.match(/✘ does not hold .*?: (.*)/)?.[1];
  demand(status === 1 && observed !== undefined, `${what}: ${claim} still holds`);
  demand(verdict.test(observed), `${what}: ${claim} turns red for another reason: ${observed}`);
  print(`${what}: ${claim} turns red (${observed.slice(0, 90)})`);
}

const parts = [
  "package.json",
  "package-lock.json",
  "LICENSE",
  "vitest.config.ts",
  "tsconfig.json",
  "packages",
  "examples",
  "tools",
];

/** The checkout's own files with links to its installed packages, ours pointing at the copy. */
function copyOf(root: string): string {
  const copy = temporaryFolder("negative-control");
  for (const part of parts) {
    cpSync(join(root, part), join(copy, part), {
      recursive: true,
      filter: (path) => !/\/(node_modules|\.claviger|dist)$/.test(path),
    });
  }
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@claviger"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === "@claviger" || name === "claviger") continue;
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  for (const name of readdirSync(join(copy, "packages"))) {
    symlinkSync(join(copy, "packages", name), join(modules, "@claviger", name));
    // Packages may have dependencies of their own beside the shared ones.
    const own = join(root, "packages", name, "node_modules");
    if (existsSync(own)) symlinkSync(own, join(copy, "packages", name, "node_modules"));
  }
  return copy;
}
