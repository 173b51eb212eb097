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
  // Every label's value is a word of our own (see families.ts): there is nothing to escape.
  const pairs = names.map((label, at) => `${label}="${labels[at]}"`).join(",");
  const braces = pairs === "" ? "" : `{${pairs}}`;
  if (typeof value === "number") return [`${name}${braces} ${value}`];
  const counts = value.cumulative();
  const bucket = `${name}_bucket{${pairs}${pairs === "" ? "" : ","}le="`;
  return [
    ...counts.map((count, at) => `${bucket}${value.bounds[at] ?? "+Inf"}"} ${count}`),
    `${name}_sum${braces} ${value.sum}`,
    `${name}_count${braces} ${counts.at(-1)}`,
  ];
}
