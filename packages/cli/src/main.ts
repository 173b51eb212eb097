/** The command: `claviger WORD …`. One file a command; this one finds it and reports failures. */
import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { exitCodes, reportFailure } from "./failure.ts";

type Loaders = Readonly<Record<string, () => Promise<Command>>>;

/** Of the vault and its workloads. */
const commands: Loaders = {
  server: async () => (await import("./commands/server.ts")).serverCommand,
  env: async () => (await import("./commands/env.ts")).envCommand,
  run: async () => (await import("./commands/run.ts")).runCommand,
  agent: async () => (await import("./commands/agent.ts")).agentCommand,
  audit: async () => (await import("./commands/audit.ts")).auditCommand,
  accounts: async () => (await import("./commands/accounts.ts")).accountsCommand,
  policy: async () => (await import("./commands/policy.ts")).policyCommand,
  rekey: async () => (await import("./commands/rekey.ts")).rekeyCommand,
};

/** Of secrets and parameters, wherever AWS's API answers. */
const storeCommands: Loaders = {
  get: async () => (await import("./commands/get.ts")).getCommand,
  put: async () => (await import("./commands/put.ts")).putCommand,
  list: async () => (await import("./commands/list.ts")).listCommand,
  history: async () => (await import("./commands/history.ts")).historyCommand,
  diff: async () => (await import("./commands/diff.ts")).diffCommand,
  rollback: async () => (await import("./commands/rollback.ts")).rollbackCommand,
  rm: async () => (await import("./commands/rm.ts")).rmCommand,
  restore: async () => (await import("./commands/restore.ts")).restoreCommand,
  cp: async () => (await import("./commands/cp.ts")).cpCommand,
  mv: async () => (await import("./commands/mv.ts")).mvCommand,
  tag: async () => (await import("./commands/tag.ts")).tagCommand,
};

// A reader that has seen enough, as head, closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? exitCodes.done : exitCodes.failed);
});

const program = new Command("claviger")
  // So that `run` leaves the words of its command alone.
  .enablePositionalOptions()
  .description("The keeper of the keys: a vault that speaks AWS's own protocols.")
  .version(
    createRequire(import.meta.url)("../package.json").version,
    "-V, --version",
    "print the version",
  )
  .addHelpText("after", '\nStart with: claviger server\nThen, elsewhere: eval "$(claviger env)"');

for (const load of asked(commands)) program.addCommand(await load());
for (const load of asked(storeCommands)) {
  program.addCommand((await load()).helpGroup("Secrets and parameters, in a vault or on AWS:"));
}

/** What was typed as far as it names commands, for hints; failures are told in our own form. */
let typed = program.name();
/** The names of the commands in it. */
let below: readonly string[] = [];
settle(program);

try {
  if (process.argv.length <= 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError && error.exitCode === 0) process.exitCode = exitCodes.done;
  else process.exitCode = reportFailure(error, typed, below);
}

/** Only what was typed is loaded, so that a `get` need not wait for the server's code. */
function asked(loaders: Loaders): readonly (() => Promise<Command>)[] {
  const [, , word = ""] = process.argv;
  const isKnown = Object.hasOwn({ ...commands, ...storeCommands }, word);
  return Object.entries(loaders)
    .filter(([name]) => name === word || !isKnown)
    .map(([, load]) => load);
}

function settle(command: Command): void {
  command
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .hook("preSubcommand", (_, next) => {
      typed += ` ${next.name()}`;
      below = next.commands.map((each) => each.name());
    });
  for (const below of command.commands) settle(below);
}
