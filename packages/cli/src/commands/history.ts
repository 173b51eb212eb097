/** `claviger history`: the versions that are kept, newest first. Never a value. */
import { Command } from "commander";
import { readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf, type VersionEntry } from "../stores/store.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";

export const historyCommand = new Command("history")
  .description("list the versions of a secret or a parameter, newest first")
  .argument("<REF>", referenceForms)
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const reference = readWhole(typed);
    const history = await storeOf(reference).history(reference.name);
    if (format === "json") {
      printJson(
        history.map(({ date, by, ...rest }) => ({ ...rest, date: date ?? null, by: by ?? null })),
      );
      return;
    }
    const isSecret = reference.service === "secretsmanager";
    process.stdout.write(
      isSecret
        ? table(["VERSION", "STAGES", "CREATED"], history.map(cellsOf))
        : table(
            ["VERSION", "LABELS", "CHANGED", "BY"],
            history.map((entry) => [...cellsOf(entry), entry.by ?? "-"]),
          ),
    );
  });

function cellsOf({ version, labels, isCurrent, date }: VersionEntry) {
  const when = date?.toISOString().slice(0, 19).replace("T", " ") ?? "-";
  return [
    isCurrent ? { text: version, style: "bold" as const } : version,
    labels.join(", ") || "-",
    when,
  ];
}
