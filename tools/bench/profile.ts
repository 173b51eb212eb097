/** Where the time goes: self time of a V8 CPU profile, summed by the layer that spent it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Shares of busy time by layer, largest first, over all profiles of a folder. */
export function timeByLayer(folder: string): readonly (readonly [string, number])[] {
  const spent = new Map<string, number>();
  let busy = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"))) {
    const profile: Profile = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const layers = new Map(profile.nodes.map((node) => [node.id, layerOf(node)]));
    profile.samples.forEach((id, at) => {
      const layer = layers.get(id);
      const microseconds = profile.timeDeltas[at] ?? 0;
      if (layer === undefined || microseconds < 0) return;
      spent.set(layer, (spent.get(layer) ?? 0) + microseconds);
      busy += microseconds;
    });
  }
  return [...spent]
    .map(([layer, microseconds]) => [layer, microseconds / busy] as const)
    .sort(([, a], [, b]) => b - a);
}

/** undefined for idle time and for what only the start costs. */
function layerOf({ callFrame: { functionName, url } }: ProfileNode): string | undefined {
  if (functionName === "(idle)" || isOfStart(url)) return undefined;
  if (functionName === "(garbage collector)") return "garbage collection";
  const ours = url.match(/packages\/vault\/src\/([^/]+)/)?.[1];
  if (ours !== undefined) return ours.replace(/\.ts$/, "");
  if (/node:(internal\/)?crypto/.test(url)) return "node:crypto";
  if (/node:(_http|http|net|internal\/(http|stream))/.test(url)) return "node:http and net";
  if (url.startsWith("node:")) return "other of Node (promises, buffers, timers)";
  // System calls, OpenSSL, SQLite and V8 itself have no script.
  return url === "" ? "native (system calls, OpenSSL, V8)" : "libraries";
}

/** Finding, type-stripping and compiling modules. */
function isOfStart(url: string): boolean {
  return /node:internal\/(modules|deps|bootstrap|main|per_context)|^wasm:/.test(url);
}
