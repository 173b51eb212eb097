/** `claviger keys rotate`: a new access key in place of a profile's own. */
import { Command } from "commander";
import { profileFailure } from "../identity/profile-failure.ts";
import { rotateKey } from "../identity/rotate-key.ts";
import { chosenProfile } from "../profiles/chosen-profile.ts";
import { printOutcome, readFormat } from "../terminal/format.ts";

export const keysRotateCommand = new Command("rotate")
  .description("make a new access key for a profile, try it, and delete the old one")
  .option("--profile <NAME>", "a profile of claviger login (default AWS_PROFILE)")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nThe old key is deleted: rotate where it is used elsewhere only once that has another." +
      "\nInterrupted anywhere, the profile goes on working, and the same command goes on.",
  )
  .action(async (flags: { readonly profile?: string; readonly format: string }) => {
    const format = readFormat(flags.format);
    const chosen = chosenProfile(flags.profile);
    const { profile, formerKeyId } = await rotateKey(chosen).catch((error: unknown) => {
      throw profileFailure(chosen, error);
    });
    const { accessKeyId } = profile.key;
    printOutcome(format, {
      text: `${profile.name}: ${accessKeyId} is in use, ${formerKeyId} is deleted`,
      json: { profile: profile.name, accessKeyId, formerKeyId },
    });
  });
