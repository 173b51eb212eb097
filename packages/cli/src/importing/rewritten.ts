/** A file with references in the place of the values that were imported. */
import { type Entry, withValues } from "../env-files/env-file.ts";
import { printed } from "../stores/reference.ts";
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
