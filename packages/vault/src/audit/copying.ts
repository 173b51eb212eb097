/**
 * Writes the evidence of a trail into an empty database of either kind, as it was and whole: what
 * it proves it still proves there. Nothing is checked here; verify the source or the copy.
 */
import { type Chain, chainOf } from "./chain.ts";
import type { Evidence } from "./evidence.ts";
import type { Group } from "./group.ts";
import { eventsOf } from "./line.ts";
import { packLines } from "./packed-lines.ts";
import { Sightings } from "./sightings.ts";
import { keepingCheckpoint, keepingHead } from "./sql/heads.ts";
import { insertChain } from "./sql/statements.ts";
import type { Write } from "./store.ts";

/** Both inside one transaction. */
export interface TrailWriter {
  writeGroup(group: Group): Promise<unknown>;
  write(write: Write): Promise<unknown>;
}

export async function writeEvidence(
  evidence: AsyncIterable<Evidence>,
  writer: TrailWriter,
): Promise<void> {
  let chain: Chain | undefined;
  let sightings = new Sightings();
  for await (const record of evidence) {
    if (record.type === "chain") {
      chain = chainOf(record.name);
      if (chain === undefined) throw new Error("The evidence is of a chain with an unknown name");
      sightings = new Sightings();
      await writer.write({ statement: insertChain, values: [chain] });
      continue;
    }
    if (chain === undefined) throw new Error("The evidence does not say of which chain it is");
    if (record.type === "group") {
      const { type: _, lines, ...place } = record;
      const notes = sightings.notesOf(eventsOf(lines), record.committedAt);
      await writer.writeGroup({ chain, ...place, lines: packLines(lines.join(",\n")), notes });
    } else {
      const keeping = record.type === "head" ? keepingHead : keepingCheckpoint;
      await writer.write(keeping(chain, record));
    }
  }
}
