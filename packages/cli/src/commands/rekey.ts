/** `claviger rekey --to SOURCE`: gives a running vault another root key, and follows its work. */
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { clearProgress, showProgress } from "../terminal/progress.ts";
import { askVault } from "../vault-service.ts";

interface RekeyReply {
  readonly State: "RESEALING" | "COMPLETE";
  readonly Source: string;
  readonly RootKeyFingerprint: string;
  /** Seconds since the epoch. */
  readonly RootKeySince: number;
  readonly Generation: number;
  readonly TotalRows: number;
  readonly ResealedRows: number;
}

interface RekeyFlags {
  readonly to: string;
  readonly passphraseFile?: string;
  readonly format: string;
}

const pollMilliseconds = 200;

export const rekeyCommand = new Command("rekey")
  .description("change the root key of the running vault; it goes on serving")
  .requiredOption(
    "--to <SOURCE>",
    "file:PATH, passphrase:, aws-kms:ARN or gcp-kms:NAME, as the server sees it",
  )
  .option("--passphrase-file <FILE>", "the new passphrase of passphrase:, as the server sees it")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nFrom the moment it begins only the new root key opens the vault. If it is" +
      "\ninterrupted, the vault goes on; the same command again follows it.",
  )
  .action(async ({ to, passphraseFile, format }: RekeyFlags) => {
    if (format !== "text" && format !== "json") {
      throw new CommandFailure(`'${format}' is not a format`, "give text or json", 2);
    }
    const begun = await begin(absolute(to), passphraseFile && resolve(passphraseFile));
    const done = await follow(begun);
    const text = format === "json" ? JSON.stringify(done) : said(done, passphraseFile);
    process.stdout.write(`${text}\n`);
  });

/** A path is completed here, where it was typed: the server may run in another folder. */
function absolute(source: string): string {
  return source.startsWith("file:") ? `file:${resolve(source.slice("file:".length))}` : source;
}

/** What an interrupted command has begun is followed, and not begun again. */
async function begin(source: string, passphraseFile: string | undefined): Promise<RekeyReply> {
  const found = await askVault<RekeyReply>("DescribeRekey", {});
  if (found.State === "RESEALING" && found.Source === source) return found;
  return askVault("StartRekey", { Source: source, PassphraseFile: passphraseFile });
}

async function follow(begun: RekeyReply): Promise<RekeyReply> {
  let reply = begun;
  try {
    while (reply.State === "RESEALING") {
      const { ResealedRows: done, TotalRows: total } = reply;
      showProgress(`sealing anew under the new root key: ${done} of ${total} rows`);
      await sleep(pollMilliseconds);
      reply = await askVault("DescribeRekey", {});
    }
    return reply;
  } catch (cause) {
    throw new CommandFailure(
      `the vault stopped answering while it sealed its rows anew (${(cause as Error).message})`,
      `it goes on when it is started with CLAVIGER_ROOT_KEY=${begun.Source}; this command then follows it`,
      1,
      { cause },
    );
  } finally {
    clearProgress();
  }
}

function said(
  { Source, RootKeyFingerprint, RootKeySince, ResealedRows }: RekeyReply,
  passphraseFile: string | undefined,
): string {
  const since = new Date(RootKeySince * 1000).toISOString();
  const settings = [`CLAVIGER_ROOT_KEY=${Source}`];
  if (passphraseFile !== undefined) {
    settings.push(`CLAVIGER_PASSPHRASE_FILE=${resolve(passphraseFile)}`);
  }
  return [
    `The root key comes from ${Source} (${RootKeyFingerprint}); ${ResealedRows} rows are sealed anew.`,
    "Only this root key opens the vault now. Before its next start (of every node, if there are several) set:",
    ...settings.map((setting) => `  ${setting}`),
    `Backups from before ${since} open with the old root key only: destroy it after the last of them.`,
  ].join("\n");
}
