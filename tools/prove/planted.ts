/** Values planted in a vault, which must then be found nowhere but in replies. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { VaultProcess } from "../harness/vault-process.ts";
import { type ClaimRun, demand } from "./claim.ts";

/** Random, so that a find is no accident. */
const planted: string[] = [];

export function plant(): string {
  const value = `planted-${randomBytes(24).toString("base64url")}`;
  planted.push(value);
  return value;
}

/** Looks for them, as text, base64 and hexadecimal, in the stopped vault's files, log and trail. */
export function showNothingInTheClear(
  vault: VaultProcess,
  trail: string,
  print: ClaimRun["print"],
): void {
  const files = readdirSync(vault.dataDirectory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const places = new Map(
    [...files, vault.logFile].map((path) => [path, readFileSync(path).toString("latin1")]),
  );
  places.set("the trail", trail);
  const bytes = [...places.values()].reduce((sum, { length }) => sum + length, 0);
  demand(
    bytes > 100_000,
    "there is less on disk than was written: the scan looks at the wrong place",
  );
  for (const value of planted) {
    const raw = Buffer.from(value);
    for (const form of [value, raw.toString("base64").replace(/=+$/, ""), raw.toString("hex")]) {
      for (const [place, text] of places) demand(!text.includes(form), `a value lies in ${place}`);
    }
  }
  print(`${planted.length} values: none in ${places.size} files, log and trail (${bytes} bytes)`);
}
