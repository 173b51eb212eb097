/** The client's figures beside those of what else an application may use, all in one run. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measured } from "./contender.child.ts";
import { type ContenderName, contenderNames } from "./contenders.ts";
import { type Footprint, measureFootprints } from "./footprint.ts";
import { measureRotation } from "./rotation.ts";

export interface ClientFigures {
  readonly size: ClientSize;
  readonly contenders: Readonly<Record<ContenderName, ContenderFigures>>;
  /** Ours first. */
  readonly footprints: readonly Footprint[];
}

export interface ContenderFigures extends Measured {
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

export async function measureClient(root: string, size: ClientSize): Promise<ClientFigures> {
  const seenAfter = await measureRotation(root, size.lookSeconds);
  const contenders = contenderNames.map((name) => {
    return [name, { ...measuredAlone(name), seenAfter: seenAfter[name] }] as const;
  });
  return {
    size,
    contenders: Object.fromEntries(contenders) as ClientFigures["contenders"],
    footprints: measureFootprints(root, size.starts),
  };
}

function measuredAlone(name: ContenderName): Measured {
  const child = fileURLToPath(new URL("contender.child.ts", import.meta.url));
  const words = ["--conditions=@claviger/source", child, name];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" }));
}
