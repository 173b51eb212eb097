/** `claviger audit verify`: is the trail as it was written? Offline, from the data folder alone. */
import { readFileSync } from "node:fs";
import { readConfiguration, type Verification, verifyDataFolder } from "@claviger/vault";
import { Command } from "commander";
import { CommandFailure } from "../failure.ts";
import { readFormat } from "../terminal/format.ts";

interface VerifyFlags {
  readonly data?: string;
  readonly publicKey?: string;
  readonly format: string;
}

const verifyCommand = new Command("verify")
  .description("check every event and signed head of the audit trail, also while the vault runs")
  .option("--data <DIR>", "folder of the vault's data (default ./.claviger)")
  .option("--public-key <FILE>", "a copy of audit-public-key.pem that was kept elsewhere")
  .option("--format <FORMAT>", "text or json", "text")
  .action(({ data, publicKey, format }: VerifyFlags) => {
    const isJson = readFormat(format) === "json";
    const { dataDirectory } = readConfiguration({ data }, process.env);
    const verification = verified(dataDirectory, publicKey);
    if (isJson) process.stdout.write(`${JSON.stringify(verification)}\n`);
    const { broken, events, signedUpTo, head } = verification;
    if (broken !== undefined) {
      throw new CommandFailure(
        `the audit trail is broken at group ${broken.group}: ${broken.reason}`,
        "it was changed or damaged after it was written: keep it as evidence, restore a backup",
      );
    }
    if (isJson) return;
    process.stdout.write(
      `The trail is whole: ${events} events in ${head.number} groups, signed up to group ${signedUpTo}.\n` +
        `Head: ${head.hash}\nKept elsewhere, this head shows later whether the end was cut off.\n`,
    );
  });

export const auditCommand = new Command("audit")
  .description("the audit trail")
  .addCommand(verifyCommand);

function verified(dataDirectory: string, publicKeyFile: string | undefined): Verification {
  const publicKey = publicKeyFile && readFileSync(publicKeyFile, "utf8");
  try {
    return verifyDataFolder(dataDirectory, publicKey);
  } catch (cause) {
    const hint = "give the --data folder of a vault, with its audit.db and audit-public-key.pem";
    throw new CommandFailure(`${dataDirectory} holds no readable audit trail`, hint, 1, { cause });
  }
}
