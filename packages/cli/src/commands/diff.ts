/** `claviger diff`: which fields differ between two versions; values only where it is asked for. */

import { Command } from "commander";
import { type Change, compare } from "../stores/compare.ts";
import { printed, readWhole, referenceForms } from "../stores/reference.ts";
import { storeOf } from "../stores/store.ts";
import { isText, type Value } from "../stores/value.ts";
import { currentVersion, previousVersion, versionNamed } from "../stores/versions.ts";
import { coloured } from "../terminal/colour.ts";
import { diff } from "../terminal/diff.ts";
import { printJson, readFormat } from "../terminal/format.ts";

interface DiffFlags {
  readonly reveal?: true;
  readonly format: string;
}

export const diffCommand = new Command("diff")
  .description("say which fields differ between two versions, without their values")
  .argument("<REF>", referenceForms)
  .argument("[A]", "a version, its label or stage; without it the one before the current")
  .argument("[B]", "another; without it the current one")
  .option("--reveal", "print the values that differ")
  .option("--format <FORMAT>", "text or json", "text")
  .action(async (typed: string, a: string | undefined, b: string | undefined, flags: DiffFlags) => {
    const format = readFormat(flags.format);
    const reference = readWhole(typed);
    const store = storeOf(reference);
    const history = await store.history(reference.name);
    const pick = (named: string | undefined, preset: typeof currentVersion) =>
      named === undefined ? preset(reference, history) : versionNamed(reference, history, named);
    const { version: from } = pick(a, previousVersion);
    const { version: to } = pick(b, currentVersion);
    const before = await store.read(reference.name, { version: from });
    const after = await store.read(reference.name, { version: to });
    const changes = compare(before.value, after.value);
    const isRevealed = flags.reveal ?? false;
    if (format === "json") {
      printJson({ reference: printed(reference), from, to, changes: asJson(changes, isRevealed) });
      return;
    }
    const title = `--- ${printed(reference)} ${from}\n+++ ${printed(reference)} ${to}\n`;
    process.stdout.write(title + asText(changes, isRevealed));
  });

const marks = {
  added: { mark: "+", style: "green" },
  removed: { mark: "-", style: "red" },
  changed: { mark: "~", style: "yellow" },
} as const;

function asText(changes: readonly Change[], isRevealed: boolean): string {
  const same = changes.filter(({ kind }) => kind === "same").length;
  const lines = changes.flatMap(({ field, kind, before, after }) => {
    if (kind === "same") return [];
    const { mark, style } = marks[kind];
    const line = coloured(style, `${mark} ${field ?? "the value"}`, process.stdout);
    return isRevealed
      ? [line, indented(diff(shown(before), shown(after), process.stdout))]
      : [line];
  });
  if (lines.length === 0) return "  the same value\n";
  const fields = same === 1 ? "1 field is the same" : `${same} fields are the same`;
  return `${[...lines, ...(same > 0 ? [`  ${fields}`] : [])].join("\n")}\n`;
}

function indented(text: string): string {
  return text.replace(/^/gm, "    ");
}

function shown(value: Value | undefined): string {
  if (value === undefined) return "";
  return isText(value) ? value.text : `${value.bytes.length} bytes`;
}

function asJson(changes: readonly Change[], isRevealed: boolean) {
  return changes.map(({ field, kind, before, after }) => ({
    field: field ?? null,
    change: kind,
    ...(isRevealed && kind !== "same" && { before: inJson(before), after: inJson(after) }),
  }));
}

function inJson(value: Value | undefined): string | null {
  if (value === undefined) return null;
  return isText(value) ? value.text : Buffer.from(value.bytes).toString("base64");
}
