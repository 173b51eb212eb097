/**
 * Writes the evidence of a trail into an empty database of either kind, as it was and whole: what
 * it proves it still proves there. Nothing is checked here; verify the source or the copy.
 */
import { type Chain, chainOf } from "./chain.ts";
import type { Evidence, GroupEvidence } from "./evidence.ts";
import { type Group, timesOf } from "./group.ts";
import type { Fields } from "./line.ts";
import { packLines } from "./packed-lines.ts";
import { type Notes, Sightings } from "./sightings.ts";
import { keepingCheckpoint, keepingHead } from "./sql/heads.ts";
import { insertChain } from "./sql/statements.ts";
import type { Write } from "./store.ts";

/** Both inside one transaction. */
export interface TrailWriter {
  writeGroup(group: Group, notes: Notes): Promise<unknown>;
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
      const { events, group } = groupOf(chain, record);
      await writer.writeGroup(group, sightings.notesOf(events));
    } else {
      const keeping = record.type === "head" ? keepingHead : keepingCheckpoint;
      await writer.write(keeping(chain, record));
    }
  }
}

function groupOf(chain: Chain, evidence: GroupEvidence): { events: Fields[]; group: Group } {
  const { number, first, count, committedAt, hash } = evidence;
  const events = evidence.lines.map((line) => JSON.parse(line) as Fields);
  const times = events.length === 0 ? { from: committedAt, until: committedAt } : timesOf(events);
  const lines = packLines(evidence.lines.join(",\n"));
  return { events, group: { chain, number, first, count, committedAt, hash, lines, ...times } };
}
