/** `claviger history`: the versions that are kept, newest first. Never a value. */
import { Command } from "commander";
import { type Revoked, revokedVersions } from "../rotation/revoked-versions.ts";
import { readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf, type VersionEntry } from "../stores/store.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { type Cell, type Row, table } from "../terminal/table.ts";

export const historyCommand = new Command("history")
  .description("list the versions of a secret or a parameter, newest first")
  .argument("<REF>", referenceForms)
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const reference = readWhole(typed);
    const history = await storeOf(reference).history(reference.name);
    const isSecret = reference.service === "secretsmanager";
    const revoked = isSecret ? await revokedVersions(reference) : undefined;
    if (format === "json") {
      printJson(history.map((entry) => jsonOf(entry, revoked)));
      return;
    }
    process.stdout.write(
      isSecret
        ? secretTable(history, revoked)
        : table(
            ["VERSION", "LABELS", "CHANGED", "BY"],
            history.map((entry) => [...cellsOf(entry), entry.by ?? "-"]),
          ),
    );
  });

/** `revoked` is there where it is known. */
function jsonOf({ date, by, ...rest }: VersionEntry, revoked: Revoked | undefined) {
  const end = revoked && { revoked: revoked.get(rest.version) ?? null };
  return { ...rest, date: date ?? null, by: by ?? null, ...end };
}

/** Few secrets have a version that was revoked: only then there is a word on each. */
function secretTable(history: readonly VersionEntry[], revoked: Revoked = new Map()): string {
  const titles = ["VERSION", "STAGES", "CREATED"];
  if (!history.some(({ version }) => revoked.has(version))) {
    return table(titles, history.map(cellsOf));
  }
  return table(
    [...titles, "REVOKED"],
    history.map((entry): Row => [...cellsOf(entry), endOf(entry, revoked)]),
  );
}

function endOf({ version }: VersionEntry, revoked: Revoked): Cell | string {
  const date = revoked.get(version);
  return date === undefined ? "-" : { text: inSeconds(date), style: "red" };
}

function cellsOf({ version, labels, isCurrent, date }: VersionEntry): Row {
  return [
    isCurrent ? { text: version, style: "bold" as const } : version,
    labels.join(", ") || "-",
    date === undefined ? "-" : inSeconds(date),
  ];
}

function inSeconds(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}
