/**
 * Prometheus' text format.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
import { type Family, type FamilyName, families } from "./families.ts";
import type { Histogram } from "./histogram.ts";

export interface Sample {
  /** The values of the family's labels, in their order. */
  readonly labels: readonly string[];
  readonly value: number | Histogram;
}

/** The text: of every family of the list its samples, which may be none. */
export function exposition(samples: Readonly<Record<FamilyName, readonly Sample[]>>): string {
  const lines: string[] = [];
  for (const [name, family] of Object.entries<Family>(families)) {
    lines.push(`# HELP ${family.name} ${family.says}`, `# TYPE ${family.name} ${family.type}`);
    for (const sample of samples[name as FamilyName]) lines.push(...sampleLines(family, sample));
  }
  return `${lines.join("\n")}\n`;
}

function sampleLines({ name, labels: names }: Family, { labels, value }: Sample): string[] {
  const pairs = names.map((label, at) => `${label}="${escaped(labels[at] ?? "")}"`);
  if (typeof value === "number") return [`${name}${braces(pairs)} ${value}`];
  const counts = value.cumulative();
  const total = counts.at(-1) ?? 0;
  return [
    ...counts.map((count, at) => {
      const bound = `le="${value.bounds[at] ?? "+Inf"}"`;
      return `${name}_bucket${braces([...pairs, bound])} ${count}`;
    }),
    `${name}_sum${braces(pairs)} ${value.sum}`,
    `${name}_count${braces(pairs)} ${total}`,
  ];
}

function braces(pairs: readonly string[]): string {
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
