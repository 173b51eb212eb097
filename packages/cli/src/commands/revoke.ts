/** `claviger revoke`: a key that leaked is given to nobody any more, and who had it is told. */
import { Command } from "commander";
import { awaitProvider, type End } from "../rotation/provider.ts";
import { readersTable } from "../rotation/readers.ts";
import type { Reader } from "../rotation/rotation.ts";
import { readSecret, secretForm } from "../rotation/secret.ts";
import { listReaders, revokeVersion } from "../rotation/vault-rotations.ts";
import { requireWithdrawable, withdraw } from "../rotation/withdraw.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { storeOf, type VersionEntry } from "../stores/store.ts";
import { currentVersion, versionNamed } from "../stores/versions.ts";
import { isConfirmed } from "../terminal/confirm.ts";
import { printJson, printOutcome, readFormat } from "../terminal/format.ts";
import { visible } from "../terminal/visible.ts";

interface RevokeFlags {
  readonly version?: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly format: string;
}

export const revokeCommand = new Command("revoke")
  .description("an emergency: refuse a key to everybody at once, and say who had it")
  .argument("<REF>", secretForm)
  .option("--version <VERSION>", "a version or its label, as history shows (default AWSCURRENT)")
  .option("--reason <TEXT>", "why, for the audit trail")
  .option("--yes", "revoke it without asking")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nFrom then on every node refuses to give that version to anybody, clients hear of it by" +
      "\nthe change feed, and the key is revoked at its provider where its rotator can do that;" +
      "\nelse you are told to. There is no way back: claviger rotate REF makes a new key.",
  )
  .action(async (typed: string, flags: RevokeFlags) => {
    const format = readFormat(flags.format);
    const reference = readSecret(typed);
    const history = await storeOf(reference).history(reference.name);
    const version =
      flags.version === undefined
        ? currentVersion(reference, history)
        : versionNamed(reference, history, flags.version);
    const isVault = (await listReaders(reference, version.version)) !== undefined;
    if (!isVault) requireWithdrawable(reference, version);
    process.stderr.write(`${announcement(reference, version, isVault)}\n`);
    if (!(await isConfirmed("Go on?", flags.yes ?? false))) {
      process.stderr.write("note: nothing was changed.\n");
      return;
    }
    if (isVault) return revoke(reference, version, flags.reason, format);
    await withdraw(reference, version);
    printOutcome(format, {
      text: `${printed(reference)}: version ${version.version} has no label any more`,
      json: { reference: printed(reference), version: version.version, removed: version.labels },
    });
  });

function announcement(reference: Reference, version: VersionEntry, isVault: boolean): string {
  const { version: id, labels, isCurrent } = version;
  const which = `Version ${id}${labels.length === 0 ? "" : ` (${labels.join(", ")})`} of ${printed(reference)}`;
  if (!isVault) {
    return `${which} will lose its labels.\nAWS can't refuse reads of a version: who knows its id may read it until AWS deletes it.`;
  }
  const without = isCurrent
    ? `\nIts readers are without a key until there is a new one. To give them one first:\n  claviger rotate ${printed(reference)} && claviger revoke ${printed(reference)} --version AWSPREVIOUS`
    : "";
  return `${which} will be refused to everybody, for good.${without}`;
}

async function revoke(
  reference: Reference,
  { version, isCurrent }: VersionEntry,
  reason: string | undefined,
  format: "text" | "json",
): Promise<void> {
  const typed = printed(reference);
  const revoked = await revokeVersion(reference, version, reason);
  const { readers } = revoked;
  if (format === "text") {
    process.stderr.write(`${typed}: version ${version} is refused to everybody, on every node\n`);
    process.stdout.write(whoHadIt(readers));
  }
  const report = { reference: typed, version, readers };
  const end = await awaitProvider(reference, revoked).catch((error) => {
    // Who had the key matters the more.
    if (format === "json") printJson({ ...report, provider: "not yet" });
    throw error;
  });
  if (format === "json") return printJson({ ...report, ...end });
  process.stderr.write(`${inWords(end)}\n`);
  if (isCurrent) {
    process.stderr.write(
      `Next, a new key: claviger rotate ${typed}, or from the provider: claviger put ${typed}\n`,
    );
  }
}

function inWords(end: End): string {
  if (end.provider === "revoked") return "The key is revoked at its provider.";
  const { instructions = "revoke the key at its provider; no rotator of this secret can." } = end;
  return `By hand: ${visible(instructions)}`;
}

function whoHadIt(readers: readonly Reader[]): string {
  if (readers.length === 0) return "Nobody is known to have read it.\n";
  return `Who read it, by the audit trail:\n${readersTable(readers, Date.now())}`;
}
