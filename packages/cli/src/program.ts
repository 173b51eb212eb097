/**
 * The tree of commands: one file a command, loaded when its word is typed. A new command is a line
 * here and its examples in examples.ts.
 */
import { createRequire } from "node:module";
import { Command } from "commander";
import { addExamples } from "./examples.ts";

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
  backup: async () => (await import("./commands/backup.ts")).backupCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  migrate: async () => (await import("./commands/migrate.ts")).migrateCommand,
  completion: async () =>
    (await import("./commands/completion.ts")).completionCommand(() => programFor("")),
};

/** Of secrets and parameters, wherever AWS's API answers. */
const storeCommands: Loaders = {
  import: async () => (await import("./commands/import.ts")).importCommand,
  get: async () => (await import("./commands/get.ts")).getCommand,
  put: async () => (await import("./commands/put.ts")).putCommand,
  list: async () => (await import("./commands/list.ts")).listCommand,
  history: async () => (await import("./commands/history.ts")).historyCommand,
  diff: async () => (await import("./commands/diff.ts")).diffCommand,
  rollback: async () => (await import("./commands/rollback.ts")).rollbackCommand,
  rotate: async () => (await import("./commands/rotate.ts")).rotateCommand,
  rotations: async () => (await import("./commands/rotations.ts")).rotationsCommand,
  revoke: async () => (await import("./commands/revoke.ts")).revokeCommand,
  rm: async () => (await import("./commands/rm.ts")).rmCommand,
  restore: async () => (await import("./commands/restore.ts")).restoreCommand,
  cp: async () => (await import("./commands/cp.ts")).cpCommand,
  mv: async () => (await import("./commands/mv.ts")).mvCommand,
  tag: async () => (await import("./commands/tag.ts")).tagCommand,
  advise: async () => (await import("./commands/advise.ts")).adviseCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  template: async () => (await import("./commands/template.ts")).templateCommand,
};

/** Of the people who do it, in a vault or on AWS. */
const peopleCommands: Loaders = {
  setup: async () => (await import("./commands/setup.ts")).setupCommand,
  login: async () => (await import("./commands/login.ts")).loginCommand,
  whoami: async () => (await import("./commands/whoami.ts")).whoamiCommand,
  keys: async () => (await import("./commands/keys.ts")).keysCommand,
  credentials: async () => (await import("./commands/credentials.ts")).credentialsCommand,
};

const groups: readonly (readonly [heading: string | undefined, Loaders])[] = [
  [undefined, commands],
  ["Secrets and parameters, in a vault or on AWS:", storeCommands],
  ["People, in a vault or on AWS:", peopleCommands],
];

const versionFlags = ["-V", "--version"];

/**
 * The program with the command of this word alone, so that a `get` need not wait for the server's
 * code; with all of them where the word is none.
 */
export async function programFor(word: string): Promise<Command> {
  const program = new Command("claviger")
    // So that `run` leaves the words of its command alone.
    .enablePositionalOptions()
    .description("The keeper of the keys: a vault that speaks AWS's own protocols.")
    .version(
      createRequire(import.meta.url)("../package.json").version,
      versionFlags.join(", "),
      "print the version",
    )
    .addHelpText("after", '\nStart with: claviger server\nThen, elsewhere: eval "$(claviger env)"');
  const isAlone =
    versionFlags.includes(word) || groups.some(([, loaders]) => Object.hasOwn(loaders, word));
  for (const [heading, loaders] of groups) {
    for (const [name, load] of Object.entries(loaders)) {
      if (isAlone && name !== word) continue;
      const command = await load();
      program.addCommand(heading === undefined ? command : command.helpGroup(heading));
    }
  }
  for (const command of program.commands) addExamples(command);
  setHelp(program);
  return program;
}

function setHelp(command: Command): void {
  command.helpOption("-h, --help", "print this help").helpCommand(false);
  for (const below of command.commands) setHelp(below);
}
