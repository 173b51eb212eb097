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
import { checkIdentity, injectedBy, referencesIn, variablesFrom } from "../running/injected.ts";
import { maskValues } from "../running/redacted-output.ts";
import { checkNeedless, type RunFlags, readSettings, type Settings } from "../running/settings.ts";
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
  .option(
    "--fallback-key <FILE>",
    "its key (default ~/.config/claviger/fallback.key, made at first)",
  )
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
  if (references.length === 0) checkNeedless(settings);
  const fallback = place && new Fallback(place, sourceOf(role, flags.region));
  const caching = { push: watching !== undefined, ttlSeconds: watching?.ttlSeconds };
  const started = await start({ role, flags, references, fallback, caching });
  const { identity, secrets, values, areOld } = started;
  let stopWatching = () => {};
  try {
    let variables = variablesFrom(injected, values);
    if (isRedacted) tellUnmasked(maskValues(injected, values));
    const supervised = new Supervised(() => {
      const environment = { ...identity.environment(), ...variables };
      return startChild({ command, words, environment, isRedacted });
    });
    if (watching !== undefined && secrets !== undefined) {
      const { ttlSeconds, signal } = watching;
      stopWatching = watch(
        { secrets, references, ttlSeconds, values, areOld },
        {
          read: (now) => fallback?.saveOrWarn(now, identity.roleArn),
          changed(now) {
            const before = variables;
            variables = variablesFrom(injected, now);
            tellChanged(before, variables, signal);
            if (signal === undefined) supervised.replace();
            else supervised.signal(signal);
          },
          failed({ message }) {
            tell(`warning: ${message}; the command goes on with the values that it has`);
          },
        },
      );
    }
    return await supervised.run();
  } finally {
    stopWatching();
    secrets?.close();
    await identity.close();
  }
}

type Variables = Readonly<Record<string, string>>;

function tellChanged(before: Variables, now: Variables, signal: NodeJS.Signals | undefined): void {
  const names = Object.keys(now).filter((name) => now[name] !== before[name]);
  const does = signal === undefined ? "is started anew" : `gets ${signal}`;
  const verb = names.length === 1 ? "has" : "have";
  tell(`note: ${names.join(", ")} ${verb} changed: the command ${does}`);
}

function tellUnmasked(names: readonly string[]): void {
  if (names.length > 0) tell(`note: too short to be masked: ${names.join(", ")}`);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
