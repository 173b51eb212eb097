/**
 * `claviger audit verify`: is the trail as it was written? Offline, from the data folder, the
 * database or an exported bundle alone. `claviger audit export` writes such a bundle.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  auditPublicKeyPath,
  exportTrail,
  placeOf,
  readConfiguration,
  type TrailPlace,
  type Verification,
  verifyTrailAt,
} from "@claviger/vault";
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { readFormat } from "../terminal/format.ts";

interface PlaceFlags {
  readonly data?: string;
  readonly database?: string;
  readonly insecure?: boolean;
}

interface VerifyFlags extends PlaceFlags {
  readonly bundle?: string;
  readonly publicKey?: string;
  readonly format: string;
}

const verifyCommand = placed("verify")
  .description("check every event and signed head of the audit trail, also while the vault runs")
  .option("--bundle <FILE>", "what `claviger audit export` wrote, instead")
  .option("--public-key <FILE>", "a copy of audit-public-key.pem that was kept elsewhere")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async ({ bundle, publicKey, format, ...flags }: VerifyFlags) => {
    const isJson = readFormat(format) === "json";
    const configuration = readConfiguration(flags, process.env);
    const place: TrailPlace =
      bundle === undefined ? placeOf(configuration) : { type: "bundle", path: resolve(bundle) };
    const keyFile = publicKey ?? auditPublicKeyPath(configuration.dataDirectory);
    const verification = await readable(place, () => verifyTrailAt(place, readKey(keyFile, place)));
    if (isJson) process.stdout.write(`${JSON.stringify(verification)}\n`);
    const { broken } = verification;
    if (broken !== undefined) {
      const ofChain = broken.chain === "embedded" ? "" : ` of ${broken.chain}`;
      throw new CommandFailure(
        `the audit trail is broken at group ${broken.group}${ofChain}: ${broken.reason}`,
        "it was changed or damaged after it was written, or the public key is another vault's: " +
          "keep it as evidence, and restore a backup",
      );
    }
    if (!isJson) report(verification);
  });

const exportCommand = placed("export")
  .description("write the audit trail to standard output, for `claviger audit verify --bundle`")
  .action(async (flags: PlaceFlags) => {
    const place = placeOf(readConfiguration(flags, process.env));
    await readable(place, () => exportTrail(place, write));
  });

export const auditCommand = new Command("audit")
  .description("the audit trail")
  .addCommand(verifyCommand)
  .addCommand(exportCommand);

function placed(name: string): Command {
  return new Command(name)
    .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
    .option("--database <URL>", "the PostgreSQL database of the vault instead")
    .option("--insecure", "reach a database on another machine without TLS");
}

function report({ events, chains }: Verification): void {
  for (const { name, events, head, signedUpTo } of chains) {
    const of = name === "embedded" ? "The trail" : name;
    process.stdout.write(
      `${of} is whole: ${events} events in ${head.number} groups, signed up to group ${signedUpTo}.\n` +
        `Head: ${head.hash}\n`,
    );
  }
  if (chains.length > 1) process.stdout.write(`In all: ${events} events.\n`);
  process.stdout.write("Kept elsewhere, a head shows later whether the end was cut off.\n");
}

async function readable<Result>(place: TrailPlace, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    // A database that can't be reached says so itself.
    const isSaid = (cause as { readonly hint?: string }).hint !== undefined;
    if (isSaid) throw cause;
    if (place.type === "folder") {
      const hint = "give the --data folder of a vault, with its audit.db and audit-public-key.pem";
      throw unreadable(place.directory, hint, cause);
    }
    const what = place.type === "bundle" ? place.path : "the database";
    throw unreadable(what, "check that it is of a vault, and that the public key is too", cause);
  }
}

/** A data folder without it is none, which is said as such. */
function readKey(path: string, place: TrailPlace): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (place.type === "folder") throw cause;
    const hint = "give a copy of it with --public-key, or --data with the folder of a node";
    throw new CommandFailure(`the public key of the trail is not at ${path}`, hint, 1, { cause });
  }
}

function unreadable(what: string, hint: string, cause: unknown): CommandFailure {
  return new CommandFailure(`${what} holds no readable audit trail`, hint, 1, { cause });
}

/** Waits where a pipe is slower than the database. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
