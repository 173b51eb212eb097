/** The client's figures beside those of what else an application may use, all in one run. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Measured } from "./contender.child.ts";
import { type ContenderName, contenderNames } from "./contenders.ts";
import { type Footprint, measureFootprints } from "./footprint.ts";
import { measureRotation } from "./rotation.ts";

export interface ClientFigures {
  readonly contenders: Readonly<Record<ContenderName, ContenderFigures>>;
  /** Ours first. */
  readonly footprints: readonly Footprint[];
}

export interface ContenderFigures extends Measured {
  /** Milliseconds from a rotation to the new value; undefined: not within 6 s. */
  readonly seenAfter: number | undefined;
}

/** `starts` of each program whose import is timed. */
export async function measureClient(root: string, starts: number): Promise<ClientFigures> {
  const seenAfter = await measureRotation(root);
  const contenders = contenderNames.map((name) => {
    return [name, { ...measuredAlone(name), seenAfter: seenAfter[name] }] as const;
  });
  return {
    contenders: Object.fromEntries(contenders) as ClientFigures["contenders"],
    footprints: measureFootprints(root, starts),
  };
}

function measuredAlone(name: ContenderName): Measured {
  const child = fileURLToPath(new URL("contender.child.ts", import.meta.url));
  const words = ["--conditions=@claviger/source", child, name];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" }));
}
