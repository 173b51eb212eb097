/** `claviger whoami`: who the requests of this shell are signed by, and where they go. */
import { Command } from "commander";
import { aws } from "../aws.ts";
import { sourceOf } from "../identity/credentials-source.ts";
import { inWords } from "../terminal/age.ts";
import { printJson, readFormat } from "../terminal/format.ts";

export const whoamiCommand = new Command("whoami")
  .description("say who the AWS requests of this shell are made by, and where they go")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (flags: { readonly format: string }) => {
    const format = readFormat(flags.format);
    const sts = await aws.sts();
    const { Account = "", Arn = "" } = await sts.getCallerIdentity();
    const credentials = await sts.config.credentials();
    const configured = await sts.config.serviceConfiguredEndpoint?.();
    const who = {
      account: Account,
      arn: Arn,
      accessKeyId: credentials.accessKeyId,
      source: sourceOf(credentials),
      expiration: credentials.expiration ?? null,
      endpoint: configured ?? null,
      region: await sts.config.region(),
    };
    if (format === "json") return printJson(who);
    const rows = [
      ["account", who.account],
      ["identity", who.arn],
      ["access key", who.accessKeyId],
      ["from", who.source],
      ["expires", credentials.expiration === undefined ? "never" : inWords(credentials.expiration)],
      ["endpoint", who.endpoint ?? "AWS"],
      ["region", who.region],
    ] as const;
    process.stdout.write(rows.map(([name, value]) => `${name.padEnd(12)}${value}\n`).join(""));
  });
