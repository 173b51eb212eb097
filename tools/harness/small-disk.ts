/**
 * A disk that fills up and turns read-only when it is told to: a file system in memory that only
 * processes of its own mount namespace see where they expect it. Only root may make one.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { startWatchdog } from "./watchdog.ts";

export interface SmallDisk {
  /** What to put before a command that is to see the disk in its folder. */
  readonly enter: readonly string[];
  /** Where this process sees it. */
  readonly seenFolder: string;
  /** Takes all the room there is. */
  fill(): void;
  /** Gives it back. */
  empty(): void;
  /** No file on it may be open for writing. */
  remount(mode: "ro" | "rw"): void;
  /** Ends whatever runs on it. */
  close(): Promise<void>;
}

export const isSmallDiskPossible = process.platform === "linux" && process.getuid?.() === 0;

/** Over the folder, which must be there and goes with the disk. */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  const script = `mount -t tmpfs -o size=${megabytes}m claviger "$0" && echo mounted && exec sleep infinity`;
  const words = ["--mount", "--propagation", "private", "sh", "-c", script, folder];
  const holder = spawn("unshare", words, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  const watchdog = startWatchdog(folder, "SIGKILL");
  watchdog.watch(holder.pid ?? 0);
  await once(holder.stdout, "data");
  holder.unref();
  holder.stdout.destroy();
  const enter = ["nsenter", "--mount", "--target", String(holder.pid)];
  const seenFolder = `/proc/${holder.pid}/root${folder}`;
  const filler = `${seenFolder}/filler`;
  return {
    enter,
    seenFolder,
    fill() {
      const file = openSync(filler, "a");
      for (let size = 1 << 20; size >= 1; ) {
        try {
          if (writeSync(file, Buffer.alloc(size)) < size) size >>= 1;
        } catch {
          size >>= 1;
        }
      }
      closeSync(file);
    },
    empty: () => rmSync(filler),
    remount(mode) {
      const [program = "", ...entering] = enter;
      execFileSync(program, [...entering, "mount", "-o", `remount,${mode}`, folder]);
    },
    close: () => watchdog.end(),
  };
}
