/** The command: `claviger WORD …`. One file a command; this one finds it and reports failures. */
import { version } from "@claviger/vault";
import { Command, CommanderError } from "commander";
import { envCommand } from "./commands/env.ts";
import { serverCommand } from "./commands/server.ts";
import { exitCodes, reportFailure } from "./failure.ts";

const program = new Command("claviger")
  .description("The keeper of the keys: a vault that speaks AWS's own protocols.")
  .version(version, "--version", "print the version")
  .helpOption("--help", "print this help")
  .helpCommand(false)
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({ writeErr: () => {} })
  .addHelpText("after", '\nStart with: claviger server\nThen, elsewhere: eval "$(claviger env)"');

for (const command of [serverCommand, envCommand]) {
  program.addCommand(command.exitOverride().helpOption("--help", "print this help"));
}

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = exitCodes.done;
  else process.exitCode = reportFailure(error);
}
