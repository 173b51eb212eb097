/** The client's figures beside those of what else an application may use, all in one run. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Calls, measureCalls } from "./calls.ts";
import { type ContenderName, contenderNames } from "./contenders.ts";
import { startFarSide } from "./far-side.ts";
import { type Footprint, measureFootprints } from "./footprint.ts";
import type { Hits } from "./hits.child.ts";
import { measureRotation, type SeenAfter } from "./rotation.ts";

export interface ClientFigures {
  readonly contenders: Readonly<Record<ContenderName, ContenderFigures>>;
  /** Ours first. */
  readonly footprints: readonly Footprint[];
}

export interface ContenderFigures {
  readonly hits: Hits;
  readonly calls: Calls;
  /** Milliseconds from a rotation to the new value; undefined: not within 6 s. */
  readonly seenAfter: number | undefined;
}

/** `starts` of each program whose import is timed. */
export async function measureClient(root: string, starts: number): Promise<ClientFigures> {
  const seenAfter: SeenAfter = await measureRotation(root);
  const farSide = await startFarSide();
  const contenders: Partial<Record<ContenderName, ContenderFigures>> = {};
  try {
    for (const name of contenderNames) {
      contenders[name] = {
        hits: await hitsOf(name, farSide.url),
        calls: await measureCalls(name, farSide),
        seenAfter: seenAfter[name],
      };
    }
  } finally {
    await farSide.close();
  }
  return {
    contenders: contenders as ClientFigures["contenders"],
    footprints: await measureFootprints(root, starts),
  };
}

async function hitsOf(name: ContenderName, url: string): Promise<Hits> {
  const child = fileURLToPath(new URL("hits.child.ts", import.meta.url));
  const words = ["--conditions=@claviger/source", child, name, url];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as Hits;
}
