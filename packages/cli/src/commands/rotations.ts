/** `claviger rotations`: every secret that rotates, in a table; or one of them, step by step. */
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { Command } from "commander";
import { CommandFailure, exitCodes } from "../failure.ts";
import { listAwsRotations } from "../rotation/aws-rotations.ts";
import { hangingLines } from "../rotation/hanging-lines.ts";
import { progressLines, revocationLines } from "../rotation/progress-lines.ts";
import type { Rotation, RotationRun } from "../rotation/rotation.ts";
import { rotationsTable } from "../rotation/rotations-table.ts";
import { readSecret, secretForm } from "../rotation/secret.ts";
import { describeRotation, listRotations } from "../rotation/vault-rotations.ts";
import { printed, type Reference } from "../stores/reference.ts";
import { printJson, readFormat } from "../terminal/format.ts";
import { LiveBlock } from "../terminal/live-block.ts";
import { lineWidth } from "../terminal/table.ts";

interface RotationsFlags {
  readonly watch?: true;
  readonly format: string;
}

/** What is shown: `text` counts down meanwhile. */
interface View {
  readonly json: unknown;
  readonly note?: string;
  text(now: number): string;
}

/** Each look is an event of the trail. */
const lookMilliseconds = 5000;
const drawMilliseconds = 1000;

export const rotationsCommand = new Command("rotations")
  .description("list the secrets that rotate: schedule, last, next, state, overlap, laggards")
  .argument("[REF]", `${secretForm}: that one alone, with its steps and its laggards by name`)
  .option("--watch", "draw it anew until Ctrl-C")
  .option("--format <FORMAT>", "text or json", "text")
  .addHelpText(
    "after",
    "\nLaggards are readers that still have the old key: it lives until they have moved, or" +
      "\ntheir credentials have expired.",
  )
  .action(async (typed: string | undefined, { watch, format: asked }: RotationsFlags) => {
    const format = readFormat(asked);
    const reference = typed === undefined ? undefined : readSecret(typed);
    const look = () => (reference === undefined ? lookAtAll() : lookAt(reference));
    if (watch) return watched(look, format);
    const view = await look();
    if (format === "json") printJson(view.json);
    else process.stdout.write(view.text(Date.now()));
    if (view.note !== undefined) process.stderr.write(`note: ${view.note}\n`);
  });

async function lookAtAll(): Promise<View> {
  const ofVault = await listRotations();
  const rotations: readonly Rotation[] = ofVault ?? (await listAwsRotations());
  return {
    json: rotations,
    text: (now) => rotationsTable(rotations, now),
    ...(ofVault === undefined && { note: "AWS tells no step, overlap or laggard of a rotation" }),
  };
}

async function lookAt(reference: Reference): Promise<View> {
  const run = await describeRotation(reference);
  if (run === undefined) {
    const hint = "see its dates: claviger rotations";
    throw new CommandFailure("AWS tells no step, overlap or laggard of a rotation", hint);
  }
  return {
    json: run,
    text: (now) => rotationsTable([run], now) + steps(run, now),
    ...(run.phase === "byHand" && {
      note: `to be told how the new key is made, and to store it: claviger rotate ${printed(reference)}`,
    }),
  };
}

/** They are coloured for standard error, where progress goes otherwise. */
function steps(run: RotationRun, now: number): string {
  const lines = [
    ...(run.phase === undefined ? [] : progressLines(run, now)),
    ...revocationLines(run, now),
  ];
  const text = hangingLines(lines, lineWidth())
    .map((line) => `${line}\n`)
    .join("");
  return process.stdout.isTTY ? text : stripVTControlCharacters(text);
}

/** Never resolves: Ctrl-C ends it. */
async function watched(look: () => Promise<View>, format: "text" | "json"): Promise<never> {
  if (format === "json" || !process.stdout.isTTY) {
    const hint = "leave it out, and ask as often as you like";
    throw new CommandFailure("--watch draws on a terminal", hint, exitCodes.wrongWords);
  }
  const block = new LiveBlock(process.stdout);
  for (;;) {
    const view = await look();
    for (let shown = 0; shown < lookMilliseconds; shown += drawMilliseconds) {
      block.draw(view.text(Date.now()).trimEnd().split("\n"));
      await sleep(drawMilliseconds);
    }
  }
}
