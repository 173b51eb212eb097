/**
 * Files of the user's own, replaced whole: at any moment there is the old file or the new one. A
 * link stays a link, and a file that is there keeps its mode.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
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

/** A new file gets mode 0600, and a new folder 0700. */
export function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { target, mode } = existing(path) ?? { target: path, mode: 0o600 };
  const draft = `${target}.${randomBytes(6).toString("hex")}.new`;
  try {
    const file = openSync(draft, "wx", mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function existing(path: string): { target: string; mode: number } | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return undefined;
  if (!status.isFile()) {
    throw new CommandFailure(`${path} is no file that can be written`, "name another one");
  }
  return { target: realpathSync(path), mode: status.mode & 0o777 };
}
