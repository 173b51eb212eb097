/** `claviger policy`: why something was denied, what a role can reach, and less of it. */
import { Command } from "commander";
import { blastRadiusCommand } from "./policy-blast-radius.ts";
import { generateCommand } from "./policy-generate.ts";
import { unusedCommand } from "./policy-unused.ts";
import { whyCommand } from "./policy-why.ts";

export const policyCommand = new Command("policy")
  .description("why something was denied, what a role can reach, and policies that give less")
  .addCommand(whyCommand)
  .addCommand(generateCommand)
  .addCommand(blastRadiusCommand)
  .addCommand(unusedCommand);
