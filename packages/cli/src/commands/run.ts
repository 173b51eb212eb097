/**
 * `claviger run --role ROLE -- COMMAND …`: the command runs as exactly that role. It finds the
 * role's credentials as a container on ECS does, at an endpoint and with a token of its own, and
 * nothing of it is left when it ends. It is the same user, though: what this user's files hold,
 * and this process's own environment, takes another user or a container to keep from it.
 */
import { containerCredentials, containerRole, serveLocally } from "@claviger/agent";
import { Command } from "commander";
import { runChild } from "../child-process.ts";
import { makePrivateFolder } from "../private-folder.ts";
import { workloadEnvironment } from "../workload-environment.ts";
import { type AssumedRole, assumed, type RoleFlags, withRoleFlags } from "../workload-role.ts";

export const runCommand = withRoleFlags(
  new Command("run")
    .description("run a command as a role, with no static key in its reach")
    .usage("--role <ROLE> [options] -- <COMMAND> [WORDS...]")
    .argument("<COMMAND>", "the command to run, found as a shell finds it")
    .argument("[WORDS...]", "its words")
    .requiredOption("--role <ROLE>", "the role's name in your own account, or its ARN"),
)
  // What stands behind the command is the command's, with or without `--`.
  .passThroughOptions()
  .action(async (command: string, words: readonly string[], flags: RunFlags) => {
    process.exitCode = await runAs(await assumed(flags.role, flags), command, words);
  });

interface RunFlags extends RoleFlags {
  readonly role: string;
}

async function runAs(
  { credentials, region, endpointUrl }: AssumedRole,
  command: string,
  words: readonly string[],
): Promise<number> {
  const role = containerRole(credentials);
  const server = await serveLocally(containerCredentials([role]), { host: "127.0.0.1", port: 0 });
  try {
    return await runChild(command, words, () => {
      const folder = makePrivateFolder();
      return workloadEnvironment(process.env, {
        credentialsUrl: `${server.url}${role.path}`,
        tokenFile: folder.write("token", role.token),
        configFile: folder.write("config", ""),
        credentialsFile: folder.write("credentials", ""),
        region,
        endpointUrl,
      });
    });
  } finally {
    credentials.close();
    await server.close();
  }
}
