/** The command: `claviger WORD …`. One file a command; this one finds it and reports failures. */
import { version } from "@claviger/vault";
import { Command, CommanderError } from "commander";
import { accountsCommand } from "./commands/accounts.ts";
import { agentCommand } from "./commands/agent.ts";
import { auditCommand } from "./commands/audit.ts";
import { cpCommand } from "./commands/cp.ts";
import { diffCommand } from "./commands/diff.ts";
import { envCommand } from "./commands/env.ts";
import { getCommand } from "./commands/get.ts";
import { historyCommand } from "./commands/history.ts";
import { listCommand } from "./commands/list.ts";
import { mvCommand } from "./commands/mv.ts";
import { policyCommand } from "./commands/policy.ts";
import { putCommand } from "./commands/put.ts";
import { rekeyCommand } from "./commands/rekey.ts";
import { restoreCommand } from "./commands/restore.ts";
import { rmCommand } from "./commands/rm.ts";
import { rollbackCommand } from "./commands/rollback.ts";
import { runCommand } from "./commands/run.ts";
import { serverCommand } from "./commands/server.ts";
import { tagCommand } from "./commands/tag.ts";
import { exitCodes, reportFailure } from "./failure.ts";

// A reader that has seen enough, as head, closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.failed);
});

const program = new Command("claviger")
  // So that `run` leaves the words of its command alone.
  .enablePositionalOptions()
  .description("The keeper of the keys: a vault that speaks AWS's own protocols.")
  .version(version, "-V, --version", "print the version")
  .addHelpText("after", '\nStart with: claviger server\nThen, elsewhere: eval "$(claviger env)"');

for (const command of [
  serverCommand,
  envCommand,
  runCommand,
  agentCommand,
  auditCommand,
  accountsCommand,
  policyCommand,
  rekeyCommand,
]) {
  program.addCommand(command);
}

for (const command of [
  getCommand,
  putCommand,
  listCommand,
  historyCommand,
  diffCommand,
  rollbackCommand,
  rmCommand,
  restoreCommand,
  cpCommand,
  mvCommand,
  tagCommand,
]) {
  program.addCommand(command.helpGroup("Secrets and parameters, in a vault or on AWS:"));
}

/** What was typed as far as it names commands, for hints; failures are told in our own form. */
let typed = program.name();
settle(program);

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = exitCodes.done;
  else process.exitCode = reportFailure(error, typed);
}

function settle(command: Command): void {
  command
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .hook("preSubcommand", (_, next) => {
      typed += ` ${next.name()}`;
    });
  for (const below of command.commands) settle(below);
}
