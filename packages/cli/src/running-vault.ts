/** The vault that runs on a data folder of this machine: where it is, and which one it is. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { auditPublicKeyPath, serverFile } from "@claviger/vault/data-folder";
import { CommandFailure } from "./failure.ts";

/** The URL that the vault wrote down when it began to serve, if its process still lives. */
export function runningUrl(dataDirectory: string): string | undefined {
  try {
    const { url, pid } = JSON.parse(readFileSync(serverFile(dataDirectory), "utf8"));
    return isAlive(pid) ? url : undefined;
  } catch {
    return undefined;
  }
}

export function noneRuns(dataDirectory: string): CommandFailure {
  return new CommandFailure(
    `no vault is running on ${dataDirectory}`,
    "start one with: claviger server (and give its --data here too)",
  );
}

/**
 * The same for one vault wherever its folder or its port goes, and for no other: a hash of the key
 * that its audit trail is verified with. undefined where there is no vault yet.
 */
export function vaultIn(dataDirectory: string): string | undefined {
  try {
    const publicKey = readFileSync(auditPublicKeyPath(dataDirectory));
    return createHash("sha256").update(publicKey).digest("hex");
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process can't be signalled but is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
