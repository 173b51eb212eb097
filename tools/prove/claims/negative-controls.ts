/**
 * The claims can fail: with the signature check broken, a commit dropped before the reply, or a
 * permit skipped, the claim that promises it turns red. Each break is made in a copy of the
 * source that is thrown away, so the checkout is never touched.
 */
import { spawnSync } from "node:child_process";
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
import { cleanEnvironment, temporaryFolder } from "../../harness/vault-process.ts";
import { breaks } from "../breaks.ts";
import { type Claim, demand } from "../claim.ts";

export const negativeControls: Claim = {
  name: "negative-controls",
  says: "with a safeguard broken on purpose, the claim that promises it fails",
  async run({ root, print }) {
    for (const { what, file, from, to, claim } of breaks) {
      const copy = copyOf(root);
      const path = join(copy, file);
      const source = readFileSync(path, "utf8");
      demand(source.split(from).length === 2, `${file} does not hold «${from}» exactly once`);
      writeFileSync(path, source.replace(from, to));
      const { status, stdout } = spawnSync(
        process.execPath,
        ["--conditions=@claviger/source", "tools/prove/prove.ts", claim],
        { cwd: copy, env: cleanEnvironment(), encoding: "utf8" },
      );
      const verdict = stdout.match(/✘ does not hold .*?: (.*)/)?.[1];
      demand(status === 1 && verdict !== undefined, `${what}: ${claim} still holds`);
      print(`${what}: ${claim} turns red (${verdict.slice(0, 90)})`);
    }
  },
};

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
