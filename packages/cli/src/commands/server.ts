/** `claviger server`: the vault, in the foreground, until it is signalled. */
import {
  readConfiguration,
  type SettingName,
  settings,
  startServer,
  untilSignalled,
} from "@claviger/vault";
import { Command } from "commander";
import { exitCodes } from "../failure.ts";
import { checkOwnTypes } from "../rotation/own-types.ts";
import { rotatorHosts } from "../rotation/rotator-host.ts";
import { welcome } from "../welcome.ts";

export const serverCommand = new Command("server").description("run the vault");

// Commander names `--account-id` accountId, as the settings do.
for (const { flag, placeholder, says, ...setting } of Object.values(settings)) {
  if (flag === undefined) continue;
  const value = placeholder === undefined ? "" : ` <${placeholder}>`;
  const preset = setting.default === undefined ? "" : ` (default ${setting.default})`;
  serverCommand.option(`--${flag}${value}`, `${says} ${setting.variable}${preset}`);
}

serverCommand.action(async (flags: Partial<Record<SettingName, string | boolean>>) => {
  const configuration = readConfiguration(flags, process.env);
  await checkOwnTypes(configuration.rotators.file);
  // Whoever looks at a terminal is told by the welcome; the log then says what goes wrong only.
  const logLevel = process.stdout.isTTY ? "warn" : "info";
  const startRotatorHost = rotatorHosts(configuration.rotators.file);
  const vault = await startServer(configuration, { logLevel, startRotatorHost });
  // Whoever reads the welcome may press Ctrl-C at once.
  const signal = untilSignalled(vault);
  process.stdout.write(welcome(vault.url, configuration));
  if ((await signal) === "SIGINT") process.exitCode = exitCodes.interrupted;
});
