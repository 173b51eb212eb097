/** Where vaults are stopped, with what rotates there: each rotation with a provider of its own. */
import { freePort } from "../../harness/free-port.ts";
import { type InterferingProxy, startInterferingProxy } from "../../harness/interfering-proxy.ts";
import type { CrashGround, GroundOptions } from "./crash-ground.ts";
import type { CrashPoint } from "./crash-points.ts";
import { type Place, sitesOf, startPlace } from "./rotating-secret.ts";
import { rotatorsFile } from "./rotators-file.ts";
import { startWatchedHost, type WatchedHost } from "./watched-host.ts";

/** A ground, and what rotates on it. */
export interface Stage {
  readonly root: string;
  readonly cases: readonly Case[];
  readonly ground: CrashGround;
  readonly host: WatchedHost;
  close(): Promise<void>;
}

export interface Case {
  readonly point: CrashPoint;
  readonly place: Place;
  /** Where the vault finds it, and where it will be. */
  readonly function: { readonly proxy: InterferingProxy; readonly port: number } | undefined;
}

export async function openStage(
  root: string,
  points: readonly CrashPoint[],
  open: (options: GroundOptions) => Promise<CrashGround>,
): Promise<Stage> {
  const cases = await Promise.all(points.map(prepare));
  const places = cases.map(({ place }) => place);
  const endpoints = cases.flatMap(({ place, function: at }) =>
    at ? [[place.name, at.proxy.url]] : [],
  );
  const file = rotatorsFile({ sites: sitesOf(places), endpoints: Object.fromEntries(endpoints) });
  const host = await startWatchedHost(file);
  const close = async () => {
    await host.close();
    await Promise.all(places.map((place) => place.close()));
    for (const each of cases) each.function?.proxy.close();
  };
  try {
    const ground = await open({ root, rotatorsFile: file, server: host.server });
    return { root, cases, ground, host, close: () => ground.stop().then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function prepare(point: CrashPoint, at: number): Promise<Case> {
  const type = point.kind === "one key" ? "OnlyWeatherToken" : "WeatherToken";
  const place = await startPlace(`crash-${at}`, type);
  if (point.kind !== "function") return { point, place, function: undefined };
  const port = await freePort();
  const proxy = await startInterferingProxy(`http://127.0.0.1:${port}`);
  return { point, place, function: { proxy, port } };
}
