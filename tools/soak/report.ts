/** The soak's report in Markdown: what was done, what came back, what was held in memory. */
import type { Answers } from "../harness/answers.ts";
import { type Fifth, fifthNames, quantile } from "./memory.ts";
import type { SoakReport, VaultReport } from "./soak.ts";

export function markdownOf(
  { seconds, fillings, steps, vaults }: SoakReport,
  machine: readonly string[],
): string {
  const faults = steps.map(({ second, what }) => [`${second} s`, what]);
  return [
    "<!-- Written by npm run prove -- soak --full. -->",
    "",
    "# The soak",
    "",
    `${Math.round(seconds / 60)} minutes of mixed load on two vaults side by side, with rotation of keys and of the root key, and with injected faults. Every client asks once: a retry would hide what is looked for.`,
    "",
    ...machine.map((line) => `- ${line}`),
    "",
    ...beforehand(fillings),
    "## What was done to them",
    "",
    ...table(["after", "what, and what was observed"], faults),
    ...vaults.flatMap(vaultLines),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
}

function beforehand(fillings: readonly string[]): string[] {
  if (fillings.length === 0) return [];
  return ["Before the time began:", "", ...fillings.map((filling) => `- ${filling}`), ""];
}

function vaultLines(vault: VaultReport): string[] {
  const { world, streams, memory, trail } = vault;
  return [
    "",
    `## ${world.name}`,
    "",
    `${world.answers.requests.size} requests answered, ${world.wrong.length} of them wrongly. Failures: ${failuresOf(world.answers)}; ${vault.strange.length} were not injected.`,
    "",
    ...table(["operation", "answered", "failed", "p50", "p99"], operationRows(world.answers)),
    "",
    `Change feed: ${streams.opened} streams opened, ${streams.events} events heard; ${vault.missed.length} last versions not heard of.`,
    "",
    `\`claviger audit verify\` of its audit chains: ${trail}`,
    "",
    "Memory by fifths of the run: resident (median), and JavaScript's heap when its garbage has just been collected (the lowest tenth). Only processes that lived through it.",
    "",
    ...table(["process", "", ...fifthNames], [...memory].flatMap(memoryRows)),
  ];
}

export function failuresOf({ troubles }: Answers): string {
  const kinds = [...Map.groupBy(troubles, ({ kind }) => kind)];
  const counts = kinds.map(([kind, each]) => `${each.length} ${kind}`);
  return counts.join(", ") || "none";
}

function operationRows({ tallies }: Answers): string[][] {
  return [...tallies].map(([operation, { answered, failed, milliseconds }]) => [
    operation,
    `${answered}`,
    `${failed}`,
    ...[0.5, 0.99].map((share) => `${quantile(milliseconds, share).toFixed(1)} ms`),
  ]);
}

function memoryRows([process, parts]: [string, readonly (Fifth | undefined)[]]): string[][] {
  if (parts.every((part) => part === undefined)) return [];
  const cells = (figure: keyof Fifth) =>
    parts.map((part) => (part === undefined ? "" : `${part[figure].toFixed(0)} MB`));
  return [
    [process, "resident", ...cells("residentMegabytes")],
    ["", "heap", ...cells("heapMegabytes")],
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
