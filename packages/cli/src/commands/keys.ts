/** `claviger keys`: the access keys of one's own user, and a new one in the old one's place. */
import { Command } from "commander";
import { keysListCommand } from "./keys-list.ts";
import { keysRotateCommand } from "./keys-rotate.ts";

export const keysCommand = new Command("keys")
  .description("your own access keys, and a new one in place of the old one")
  .addCommand(keysListCommand)
  .addCommand(keysRotateCommand);
