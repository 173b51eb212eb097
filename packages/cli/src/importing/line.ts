/** The lines of the files that are imported, and which of them stay as they are. */
import { type Entry, type EnvFile, effectiveEntries } from "../env-files/env-file.ts";
import { type Judgement, judge } from "../key-shapes/judge.ts";
import { isReference, type Reference } from "../stores/reference.ts";
import { whyNoParameter, whyNoSecret } from "./limits.ts";
import type { Source } from "./source.ts";

export interface Line {
  readonly source: Source;
  readonly entry: Entry;
  readonly judgement: Judgement;
}

/** A line that is shown and left alone. */
export interface Left {
  readonly source: Source;
  readonly entry: Entry;
  readonly why: string;
  /** It refers to a store already; what it refers to is somebody's name. */
  readonly isReference: boolean;
}

/** `.env:7`, as compilers and editors write it. */
export function placeOf({ source, entry }: Pick<Line, "source" | "entry">): string {
  return `${source.path}:${entry.firstLine}`;
}

/** In the order of the files; entries that a later one overrides are in neither. */
export function linesOf(
  sources: readonly Source[],
  store: Reference["service"],
): { lines: readonly Line[]; left: readonly Left[] } {
  const keys = new Set(sources.flatMap(({ file }) => file.entries.map(({ key }) => key)));
  const lines: Line[] = [];
  const left: Left[] = [];
  for (const source of sources) {
    for (const entry of effectiveEntries(source.file)) {
      const why = whyLeft(source.file, entry, keys, store);
      if (why === undefined) {
        lines.push({ source, entry, judgement: judge(entry.key, entry.value) });
      } else {
        left.push({ source, entry, why, isReference: isReference(entry.value) });
      }
    }
  }
  return { lines, left };
}

/** The later entry of its key, for each that is overridden. */
export function overriddenEntries({ entries }: EnvFile): ReadonlyMap<Entry, Entry> {
  const overridden = entries.filter(({ overriddenOnLine }) => overriddenOnLine !== undefined);
  return new Map(
    overridden.flatMap((entry) => {
      const later = entries.findLast(({ key }) => key === entry.key);
      return later === undefined ? [] : [[entry, later] as const];
    }),
  );
}

function whyLeft(
  file: EnvFile,
  { value, expansion, quoting, end }: Entry,
  keys: ReadonlySet<string>,
  store: Reference["service"],
): string | undefined {
  if (value === "") return "empty";
  if (isReference(value)) return "a reference already";
  if (expansion !== undefined) return whyNotExpanded(value, keys);
  // What stands behind it may be half of a password, and would stay in the file.
  if (file.format === "dotenv" && quoting === "none" && file.text[end] === "#") {
    return "ends at # for some programs only: put what it is in ' quotes";
  }
  return store === "ssm" ? whyNoParameter(value) : whyNoSecret(value);
}

/** Only names that stand in the files are told: what looks like one may be part of a password. */
function whyNotExpanded(value: string, keys: ReadonlySet<string>): string {
  const named = [...value.matchAll(/\$\{?([A-Za-z_]\w*)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => keys.has(name));
  return named.length > 0
    ? `refers to ${[...new Set(named)].join(", ")}: write out what it means`
    : "has a $ that some programs expand: put it in ' quotes if it means itself";
}
