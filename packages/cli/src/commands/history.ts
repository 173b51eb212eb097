/** `claviger history`: the versions that are kept, newest first. Never a value. */
import { Command } from "commander";
import { type Revoked, revokedVersions } from "../rotation/revoked-versions.ts";
import { parameterVersionsTable, secretVersionsTable } from "../rotation/versions-table.ts";
import { readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf, type VersionEntry } from "../stores/store.ts";
import { printJson, readFormat } from "../terminal/format.ts";

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
      isSecret ? secretVersionsTable(history, revoked) : parameterVersionsTable(history),
    );
  });

/** `revoked` is there where it is known. */
function jsonOf({ date, by, ...rest }: VersionEntry, revoked: Revoked | undefined) {
  const end = revoked && { revoked: revoked.get(rest.version) ?? null };
  return { ...rest, date: date ?? null, by: by ?? null, ...end };
}
