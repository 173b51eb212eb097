/** Runs the command as a user does, and sees what a user sees. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cleanEnvironment } from "../../../tools/harness/vault-process.ts";

export const command = fileURLToPath(new URL("../bin/claviger", import.meta.url));

export interface Seen {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  /** Standard output as it came. */
  readonly bytes: Buffer;
}

export type Run = (words: string, input?: string | Uint8Array) => Seen;

/** `words` stand apart by one space; `input` is standard input. */
export function runCommand(environment: () => Readonly<Record<string, string>>): Run {
  return (words, input = "") => {
    const { stdout, stderr, status } = spawnSync(command, words.split(" "), {
      env: { ...cleanEnvironment(), ...environment(), NO_COLOR: "1" },
      input,
      // Only what hangs takes so long, on a busy machine too.
      timeout: 90_000,
    });
    return { stdout: stdout.toString(), stderr: stderr.toString(), status, bytes: stdout };
  };
}
