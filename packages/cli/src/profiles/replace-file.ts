/**
 * Files of the user's own, replaced whole: at any moment, also after a power cut, there is the old
 * file or the new one. A link stays a link.
 */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { CommandFailure } from "../failure.ts";

/** Mode 0600, whatever it was before. A new folder gets 0700. */
export function replacePrivateFile(path: string, text: string): void {
  replace(path, text, 0o600);
}

/** A file that is there keeps its mode, and a new one gets 0600. */
export function replaceFile(path: string, text: string): void {
  replace(path, text, undefined);
}

/** Said before anything else is done: what would stand in the way of `replaceFile`. */
export function checkReplaceable(path: string): void {
  const found = existing(path);
  if (found === undefined) return;
  // Its owner's wish, though renaming would get around it.
  if ((found.mode & 0o200) === 0) {
    throw new CommandFailure(`${path} is read-only`, `allow it: chmod u+w ${path}`);
  }
  try {
    accessSync(dirname(found.target), constants.W_OK);
  } catch (cause) {
    throw new CommandFailure(
      `${path} can't be replaced: nothing may be written to ${dirname(found.target)}`,
      "have whatever manages that folder make the profile, or name another file in AWS_CONFIG_FILE",
      undefined,
      { cause },
    );
  }
}

function replace(path: string, text: string, wanted: number | undefined): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { target, mode } = existing(path) ?? { target: path, mode: 0o600 };
  const draft = `${target}.${randomBytes(6).toString("hex")}.new`;
  try {
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, text);
      fchmodSync(file, wanted ?? mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  makeEntryDurable(dirname(target));
}

function existing(path: string): { target: string; mode: number } | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    throw new CommandFailure(
      `${path} is a link to nothing`,
      "make what it stands for, or remove it",
    );
  }
  if (!status.isFile()) {
    throw new CommandFailure(`${path} is no file that can be written`, "name another one");
  }
  return { target: realpathSync(path), mode: status.mode & 0o777 };
}

/** Windows opens no folders; its file systems keep a journal of their own. */
function makeEntryDurable(directory: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(directory, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
