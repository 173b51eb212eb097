/**
 * Puts a file's new content in the place of the old one: at any moment, also of a sudden death, the
 * name stands for the one or the other, whole. Then the old bytes are overwritten on disk.
 */
import { constants } from "node:fs";
import { access, type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandFailure } from "../failure.ts";
import type { Source } from "./source.ts";

type Place = Pick<Source, "path" | "realPath">;

/** Said before anything is imported: what would stand in the way of `replaceFile`. */
export async function assertReplaceable({ path, realPath }: Place): Promise<void> {
  const found = await stat(realPath);
  const { nlink, mode } = found;
  if (!found.isFile()) {
    throw new CommandFailure(`${path} is no file that could be replaced`, "leave --replace out");
  }
  if (nlink > 1) {
    throw new CommandFailure(
      `${path} has ${nlink} names (hard links), and the others would keep its values`,
      `find them: find . -samefile ${path}; remove them, or leave --replace out`,
    );
  }
  if ((mode & 0o200) === 0) {
    throw new CommandFailure(`${path} is read-only`, `allow it: chmod u+w ${path}`);
  }
  await access(realPath, constants.W_OK);
  await access(dirname(realPath), constants.W_OK);
}

/**
 * The file keeps its mode and its owner, and a symbolic link to it stays one. Throws, with the file
 * as it was, where it isn't `before` any more.
 */
export async function replaceFile(
  { path, realPath }: Place,
  before: Uint8Array,
  after: Uint8Array,
): Promise<void> {
  const old = await open(realPath, "r+");
  try {
    await moveInto(realPath, old, after, async () => {
      if (await isStill(realPath, old, before)) return;
      throw new CommandFailure(
        `${path} was changed while it was imported`,
        "run it again: what is in stays in, and what was changed is taken anew",
      );
    });
    await overwrite(old);
  } finally {
    await old.close();
  }
}

/** What a death left of an earlier import. */
export async function removeLeftover({ realPath }: Place): Promise<void> {
  await rm(draftOf(realPath), { force: true });
}

function draftOf(realPath: string): string {
  return `${realPath}.claviger-new`;
}

/** An editor writes into the file, or puts another one in its place. */
async function isStill(realPath: string, old: FileHandle, before: Uint8Array): Promise<boolean> {
  const [opened, named] = await Promise.all([old.stat(), stat(realPath)]);
  if (opened.ino !== named.ino || opened.dev !== named.dev || opened.size !== before.length) {
    return false;
  }
  const bytes = Buffer.alloc(before.length);
  await old.read(bytes, 0, bytes.length, 0);
  return bytes.equals(before);
}

/**
 * The new file holds references in place of values, so what a death leaves of it tells nothing.
 * `check` runs last before the move: what happens after it is lost, so it is as late as can be.
 */
async function moveInto(
  realPath: string,
  old: FileHandle,
  content: Uint8Array,
  check: () => Promise<void>,
): Promise<void> {
  const path = draftOf(realPath);
  await rm(path, { force: true });
  const { mode, uid, gid } = await old.stat();
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(content);
    await keepOwner(file, uid, gid);
    await file.chmod(mode & 0o7777);
    await file.sync();
    await file.close();
    await check();
    await rename(path, realPath);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(path, { force: true });
    throw error;
  }
  await syncFolder(dirname(realPath));
}

async function keepOwner(file: FileHandle, uid: number, gid: number): Promise<void> {
  const now = await file.stat();
  if (now.uid !== uid || now.gid !== gid) await file.chown(uid, gid);
}

/** Nobody can open it any more, unless it got another name; its blocks are still on the disk. */
async function overwrite(file: FileHandle): Promise<void> {
  const { size, nlink } = await file.stat();
  if (nlink > 0) return;
  await file.write(Buffer.alloc(size), 0, size, 0);
  await file.sync();
}

/** Some systems open no folders. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  if (folder === undefined) return;
  await folder.sync().catch(() => {});
  await folder.close();
}
