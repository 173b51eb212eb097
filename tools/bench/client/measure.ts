/** The client's figures beside those of what else an application may use, all in one run. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Calls } from "./calls.ts";
import type { Measure } from "./contender.child.ts";
import { type ContenderName, contenderNames } from "./contenders.ts";
import { type Footprint, measureFootprints } from "./footprint.ts";
import { bestHits, type Hits } from "./hits.ts";
import { measureRotation } from "./rotation.ts";

export interface ClientFigures {
  readonly size: ClientSize;
  readonly contenders: Readonly<Record<ContenderName, ContenderFigures>>;
  /** Ours first. */
  readonly footprints: readonly Footprint[];
}

export interface ContenderFigures {
  readonly hits: Hits;
  readonly calls: Calls;
  /** Milliseconds from a rotation to the new value; undefined: not within `lookSeconds`. */
  readonly seenAfter: number | undefined;
}

export interface ClientSize {
  /** Of each program whose import is timed. */
  readonly starts: number;
  /** How long a rotated value is waited for. */
  readonly lookSeconds: number;
}

/** Powertools' default TTL is 5 seconds. */
export const fullSize: ClientSize = { starts: 60, lookSeconds: 6 };
export const reducedSize: ClientSize = { starts: 16, lookSeconds: 1.5 };

/** The others need no such precision. */
const ownHitProcesses = 3;

export async function measureClient(root: string, size: ClientSize): Promise<ClientFigures> {
  const seenAfter = await measureRotation(root, size.lookSeconds);
  const contenders = contenderNames.map((name) => {
    const length = name === "@claviger/client" ? ownHitProcesses : 1;
    const hits = Array.from({ length }, () => measuredAlone<Hits>("hits", name));
    const calls = measuredAlone<Calls>("calls", name);
    return [name, { hits: bestHits(hits), calls, seenAfter: seenAfter[name] }] as const;
  });
  return {
    size,
    contenders: Object.fromEntries(contenders) as ClientFigures["contenders"],
    footprints: measureFootprints(root, size.starts),
  };
}

function measuredAlone<Figures>(measure: Measure, name: ContenderName): Figures {
  const child = fileURLToPath(new URL("contender.child.ts", import.meta.url));
  const words = ["--conditions=@claviger/source", child, measure, name];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" }));
}
