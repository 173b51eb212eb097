/** `claviger rotations`: every secret that rotates, in a table. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { CommandFailure, exitCodes } from "../failure.ts";
import { listAwsRotations } from "../rotation/aws-rotations.ts";
import type { Rotation } from "../rotation/rotation.ts";
import { rotationsTable } from "../rotation/rotations-table.ts";
import { listRotations } from "../rotation/vault-rotations.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { LiveBlock } from "../terminal/live-block.ts";

interface RotationsFlags {
  readonly watch?: true;
  readonly format: string;
}

/** Each look is an event of the trail. */
const lookMilliseconds = 5000;
const drawMilliseconds = 1000;

export const rotationsCommand = new Command("rotations")
  .description("list the secrets that rotate: schedule, last, next, state, overlap, laggards")
  .option("--watch", "draw the table anew until Ctrl-C")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nLaggards are readers that still have the old key: it lives until they have moved, or" +
      "\ntheir credentials have expired. claviger rotate REF --watch names them.",
  )
  .action(async ({ watch, format: typed }: RotationsFlags) => {
    const format = readFormat(typed);
    if (watch) return watchRotations(format);
    const { rotations, isVault } = await allRotations();
    if (format === "json") printJson(rotations);
    else process.stdout.write(rotationsTable(rotations, Date.now()));
    if (!isVault)
      process.stderr.write("note: AWS tells no step, overlap or laggard of a rotation\n");
  });

async function allRotations(): Promise<{ rotations: readonly Rotation[]; isVault: boolean }> {
  const ofVault = await listRotations();
  const rotations = ofVault ?? (await listAwsRotations());
  return { rotations, isVault: ofVault !== undefined };
}

/** Never resolves: Ctrl-C ends it. */
async function watchRotations(format: "text" | "json"): Promise<never> {
  if (format === "json" || !process.stdout.isTTY) {
    const hint = "leave it out, and ask as often as you like";
    throw new CommandFailure("--watch draws on a terminal", hint, exitCodes.wrongWords);
  }
  const block = new LiveBlock(process.stdout);
  for (;;) {
    const { rotations } = await allRotations();
    for (let shown = 0; shown < lookMilliseconds; shown += drawMilliseconds) {
      block.draw(rotationsTable(rotations, Date.now()).trimEnd().split("\n"));
      await sleep(drawMilliseconds);
    }
  }
}
