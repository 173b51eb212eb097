/** What git knows of the files of an import, and of the secrets in them. */
import type { Entry } from "../env-files/env-file.ts";
import { askGit, type GitFindings } from "./git.ts";
import { type Item, isTelling } from "./plan.ts";
import type { Source } from "./source.ts";

/** Of the files that stand in a repository. */
export async function askAboutAll(
  sources: readonly Source[],
  items: readonly Item[],
): Promise<ReadonlyMap<Source, GitFindings>> {
  const findings = new Map<Source, GitFindings>();
  for (const source of sources) {
    const secrets = items.filter(({ isSecret }) => isSecret);
    const lines = secrets.flatMap((item) => item.lines).filter((line) => line.source === source);
    const found = await askGit(
      source.realPath,
      new Map(lines.map(({ entry }) => [entry.key, spellings(source.file.text, entry)])),
    );
    if (found !== undefined) findings.set(source, found);
  }
  return findings;
}

/** A short value tells nothing without the variable before it. */
function spellings(text: string, { key, value, start, end }: Entry): readonly string[] {
  if (isTelling({ isSecret: true, value })) return [value, text.slice(start, end)];
  return [text.slice(text.lastIndexOf(key, start), end)];
}
