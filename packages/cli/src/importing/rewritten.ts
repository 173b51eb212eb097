/** A file with references in the place of the values that were imported. */
import { type Entry, readEnvFile, withValues } from "../env-files/env-file.ts";
import { isReference, printed } from "../stores/reference.ts";
import { overriddenEntries } from "./line.ts";
import type { Item } from "./plan.ts";
import type { Source } from "./source.ts";

/**
 * An overridden line gets what its later one has, so that no old key stays behind in it. undefined
 * where nothing changes. Throws where the file's format can't hold a reference.
 */
export function rewritten(source: Source, items: readonly Item[]): Uint8Array | undefined {
  const references = new Map<Entry, string>();
  for (const { reference, lines } of items) {
    for (const line of lines) {
      if (line.source === source) references.set(line.entry, printed(reference));
    }
  }
  for (const [entry, later] of overriddenEntries(source.file)) {
    const reference = references.get(later);
    if (reference !== undefined) references.set(entry, reference);
  }
  return references.size === 0 ? undefined : withValues(source.file, references);
}

/** Where the new content still has something of its own: a value that was left alone, or a comment. */
export function linesLeft({ path, file }: Source, content: Uint8Array): readonly number[] {
  const { entries, problems } = readEnvFile(content, path, file.format);
  const own = entries.filter(({ value }) => value !== "" && !isReference(value));
  const lines = [...own.map(({ firstLine }) => firstLine), ...problems.map(({ line }) => line)];
  return [...new Set(lines)].toSorted((one, other) => one - other);
}
