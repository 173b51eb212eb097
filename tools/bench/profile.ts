/**
 * Where a vault's CPU goes while it serves one operation: by thread, as the system tells, and within
 * the main thread by layer, from V8's profile. A function without a layer of its own (node's crypto,
 * JSON, Buffer) counts to the layer that called it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { OidcIssuer } from "../harness/oidc-issuer.ts";
import { temporaryFolder } from "../harness/vault-process.ts";
import { load } from "./load.ts";
import { type Operation, requestsOf } from "./operations.ts";
import { cpuByThread } from "./process-figures.ts";
import { startVault } from "./subjects.ts";
import { connections } from "./throughput.ts";

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[] | undefined;
}

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** In microseconds. */
  readonly timeDeltas: readonly number[];
}

export interface OperationProfile {
  readonly operation: Operation;
  readonly profile: CpuProfile;
  /** V8's own form, which developer tools open. */
  readonly file: string;
  /** Of the process's CPU: layers of the main thread, and the other threads. Largest first. */
  readonly shares: readonly Share[];
}

export interface Share {
  readonly layer: string;
  /** Of 1. */
  readonly share: number;
}

/** A vault on SQLite under load with one operation after the other, each profiled by itself. */
export async function profileOperations(
  root: string,
  issuer: OidcIssuer,
  operations: readonly Operation[],
  seconds: number,
): Promise<readonly OperationProfile[]> {
  const folder = temporaryFolder("profile");
  const preload = pathToFileURL(fileURLToPath(new URL("profile.preload.ts", import.meta.url)));
  preload.searchParams.set("to", folder);
  const vault = await startVault(root, issuer, { nodeOptions: `--import=${preload.href}` });
  try {
    const profiles: OperationProfile[] = [];
    for (const operation of operations) {
      const requests = requestsOf(operation, vault.caller);
      await load(vault, { requests, connections, seconds: Math.min(seconds, 2) });
      process.kill(vault.pid, "SIGUSR2");
      const before = cpuByThread(vault.pid);
      await load(vault, { requests, connections, seconds });
      const after = cpuByThread(vault.pid);
      process.kill(vault.pid, "SIGUSR2");
      const file = join(folder, `${profiles.length + 1}.cpuprofile`);
      const profile = await readWritten(file);
      profiles.push({ operation, profile, file, shares: sharesOf(profile, before, after) });
    }
    return profiles;
  } finally {
    await vault.stop();
  }
}

async function readWritten(file: string): Promise<CpuProfile> {
  while (!existsSync(file)) await sleep(50);
  return JSON.parse(readFileSync(file, "utf8"));
}

type ByThread = ReadonlyMap<string, number>;

export const idle = "(idle)";
const network = "HTTP and network";

function sharesOf(profile: CpuProfile, before: ByThread, after: ByThread): Share[] {
  const used = [...after]
    .filter(([name]) => !profilers.test(name))
    .map(([name, microseconds]) => [name, microseconds - (before.get(name) ?? 0)] as const);
  const total = used.reduce((sum, [, microseconds]) => sum + microseconds, 0);
  const others = new Map<string, number>();
  for (const [name, microseconds] of used) {
    const layer = threadLayer(name);
    if (layer !== undefined) others.set(layer, (others.get(layer) ?? 0) + microseconds / total);
  }
  const main = 1 - [...others.values()].reduce((sum, share) => sum + share, 0);
  const within = shareByLayer(profile).map(({ layer, share }) => ({ layer, share: share * main }));
  const threads = [...others].map(([layer, share]) => ({ layer, share }));
  return [...within, ...threads].sort((one, other) => other.share - one.share);
}

/** The thread that takes V8's samples is no work of the vault's. */
const profilers = /^v8:Prof/;

/** undefined for the main thread, whatever this Node calls it. */
function threadLayer(name: string): string | undefined {
  if (/main|^node$/i.test(name)) return undefined;
  if (name === "audit-thread") return "audit, its thread";
  if (name === "writer-thread") return "storage, its thread";
  return "threads of V8 and libuv";
}

function shareByLayer({ nodes, samples, timeDeltas }: CpuProfile): Share[] {
  const layers = layersOf(nodes);
  const spent = new Map<string, number>();
  let busy = 0;
  for (const [at, id] of samples.entries()) {
    const layer = layers.get(id) ?? idle;
    const microseconds = Math.max(0, timeDeltas[at] ?? 0);
    if (layer === idle) continue;
    spent.set(layer, (spent.get(layer) ?? 0) + microseconds);
    busy += microseconds;
  }
  return [...spent].map(([layer, microseconds]) => ({ layer, share: microseconds / busy }));
}

/** Each node's layer: its own, or its caller's. */
export function layersOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const layers = new Map<number, string>();
  const pending: { node: ProfileNode | undefined; inherited: string }[] = [
    { node: nodes[0], inherited: "Node: events, promises, timers" },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, inherited } = next;
    if (node === undefined) continue;
    const layer = ownLayer(node.callFrame) ?? inherited;
    layers.set(node.id, layer);
    for (const child of node.children ?? []) {
      pending.push({ node: byId.get(child), inherited: layer });
    }
  }
  return layers;
}

const ofFolders: Readonly<Record<string, string>> = {
  http: network,
  authentication: "SigV4",
  authorization: "policies",
  audit: "audit, main thread",
  wire: "JSON and shapes",
  shapes: "JSON and shapes",
  storage: "storage, main thread",
};

function ownLayer({ functionName, url }: CallFrame): string | undefined {
  if (functionName === "(garbage collector)") return "garbage collection";
  // What begins and ends the profile is no work of the vault's.
  if (functionName === idle || url.includes("profile.preload")) return idle;
  if (functionName === "(program)") return "system calls and V8 itself";
  if (/vault\/src\/encryption\/(seal|envelope)\./.test(url)) return "AES-GCM";
  const folder = url.match(/vault\/(?:src|dist)\/([a-z-]+)/)?.[1];
  if (folder !== undefined) return ofFolders[folder] ?? "pipeline, operations, domain";
  return /^node:(_http|http|net|internal\/(http|stream))/.test(url) ? network : undefined;
}
