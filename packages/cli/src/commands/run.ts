/**
 * `claviger run -- COMMAND …`: the command runs as exactly the role that was asked for, with values
 * in the place of the references among its variables, or both. Values stand in its environment
 * and nowhere else, and nothing of the role is left when it ends. It is the same user, though: what
 * this user's files hold, and this process's own environment, takes another user or a container to
 * keep from it.
 */
import { Command } from "commander";
import { startChild } from "../child-process.ts";
import { Fallback, sourceOf } from "../running/fallback.ts";
import { usualKeyFile } from "../running/fallback-key.ts";
import { checkIdentity, injectedBy, referencesIn, variablesFrom } from "../running/injected.ts";
import { type RunFlags, readSettings, type Settings } from "../running/settings.ts";
import { start } from "../running/start.ts";
import { Supervised } from "../running/supervised.ts";
import { watch } from "../running/watch.ts";
import { collect } from "../terminal/format.ts";
import { withRoleFlags } from "../workload-role.ts";

export const runCommand = withRoleFlags(
  new Command("run")
    .description("run a command with the values of its references, as a role, or both")
    .usage("[options] -- <COMMAND> [WORDS...]")
    .argument("<COMMAND>", "the command to run, found as a shell finds it")
    .argument("[WORDS...]", "its words")
    .option("--env-file <FILE>", "variables and references; may be repeated, later wins", collect)
    .option("--env <NAME=REF>", "one variable more, which wins over files", collect)
    .option("--role <ROLE>", "the role's name in your own account, or its ARN"),
)
  .option("--redact", "mask the values in the command's output")
  .option("--watch", "start the command anew when a value changes")
  .option("--on-change <SIGNAL>", "with --watch: signal it instead, as SIGHUP")
  .option("--ttl <TIME>", "with --watch: how often to look where no change feed tells", "5m")
  .option("--fallback <FILE>", "keep a sealed copy of the values, for a start in an outage")
  .option("--fallback-max-age <TIME>", "how old the copy may be", "24h")
  .option("--fallback-key <FILE>", `its key, made at first (default ${usualKeyFileName})`)
  // What stands behind the command is the command's, with or without `--`.
  .passThroughOptions()
  .action(async (command: string, words: readonly string[], flags: RunFlags) => {
    process.exitCode = await run(command, words, readSettings(flags));
  });

async function run(command: string, words: readonly string[], settings: Settings): Promise<number> {
  const { role, flags, isRedacted, watching, fallback: place } = settings;
  const injected = await injectedBy(settings.files, settings.typed);
  if (role !== undefined) checkIdentity(injected, role);
  const references = referencesIn(injected);
  const fallback = place && new Fallback(place, sourceOf(role, flags.region));
  const caching = { push: watching !== undefined, ttlSeconds: watching?.ttlSeconds };
  const { identity, secrets, ...first } = await start({
    ...{ role, flags, references, fallback, caching },
  });
  let { values } = first;
  const supervised = new Supervised(() => {
    const environment = { ...identity.environment(), ...variablesFrom(injected, values) };
    return startChild({ command, words, environment, isRedacted });
  });
}
