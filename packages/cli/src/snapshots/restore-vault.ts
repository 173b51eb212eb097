/** A whole vault from a snapshot, and what is still needed before it can start. */
import { resolve } from "node:path";
import { type Place, parsePlace, placeName, restore } from "@claviger/vault";
import { printOutcome } from "../terminal/format.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { counted } from "./counted.ts";
import { interruptible } from "./interruption.ts";
import { commandFor, rootKeyPlace } from "./place-words.ts";

interface Target {
  readonly data?: string;
  readonly database?: string;
  readonly insecure?: boolean;
}

export async function restoreVault(
  from: string,
  { data, database, insecure = false }: Target,
  format: "text" | "json",
): Promise<void> {
  const place: Place =
    database === undefined
      ? { type: "folder", directory: resolve(data ?? "") }
      : parsePlace(database, insecure);
  const path = resolve(from);
  try {
    showProgress(`checking ${path}`);
    const summary = await interruptible((heard) =>
      restore(path, place, (progress) => {
        showProgress(`restoring: ${counted(progress)}`);
        return heard();
      }),
    );
    const { madeAt, rootKey } = summary;
    printOutcome(format, {
      text: [
        `${placeName(place)}: ${counted(summary)}, as they were at ${new Date(madeAt).toISOString()}`,
        `It opens with the root key ${rootKey.fingerprint} alone, which came from ${rootKey.source}.`,
        `Bring it ${rootKeyPlace(place)}, then: ${commandFor(place, "verify")}`,
      ].join("\n"),
      json: { restoredTo: placeName(place), ...summary },
    });
  } finally {
    clearProgress();
  }
}
