/**
 * The process in which the built-in rotators run, apart from the vault: started when one is first
 * needed, anew when one is needed after it died, and ended with the vault, however that ends.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export interface RotatorHost {
  /** On loopback. */
  readonly url: string;
  /** The bearer token that its requests carry: nobody else on this machine has it. */
  readonly token: string;
  close(): Promise<void>;
}

/** What starts the host that knows the rotators of this file, or gives the one that runs. */
export function rotatorHosts(rotatorsFile: string | undefined): () => Promise<RotatorHost> {
  const start = () => startHost(rotatorsFile);
  let latest: Promise<StartedHost> | undefined;
  return () => {
    // One after the other: of several that ask at once the first one starts it.
    latest = latest?.then((host) => (host.isAlive ? host : start()), start) ?? start();
    return latest;
  };
}

type Host = ChildProcessByStdio<Writable, Readable, null>;
type StartedHost = RotatorHost & { readonly isAlive: boolean };

const startMillisecondsMax = 20_000;
const endMillisecondsMax = 5_000;

async function startHost(rotatorsFile: string | undefined): Promise<StartedHost> {
  const token = randomBytes(32).toString("base64url");
  const file = createRequire(import.meta.url).resolve("@claviger/rotators/start");
  // In a checkout the packages run from source. Nothing else that Node was told is for the host.
  const conditions = process.execArgv.filter((word) => word.startsWith("--conditions="));
  const host = spawn(process.execPath, [...conditions, "--", file], {
    stdio: ["pipe", "pipe", "inherit"],
    env: environmentOf(token, rotatorsFile),
    // Ctrl-C is for the vault, which may have steps under way while it drains.
    detached: true,
  });
  // It hears of our end by its standard input; a write there is never made.
  host.stdin.on("error", () => {});
  try {
    const url = await listening(host);
    return {
      url,
      token,
      get isAlive() {
        return hasNotEnded(host);
      },
      close: () => end(host),
    };
  } catch (error) {
    host.kill("SIGKILL");
    throw error;
  }
}

/** Nothing of the vault's own credentials, keys and settings: it works with what each step brings. */
function environmentOf(token: string, rotatorsFile: string | undefined): NodeJS.ProcessEnv {
  const passed = Object.entries(process.env).filter(([name]) =>
    /^(PATH|TZ|LANG|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(HTTPS?|NO)_PROXY)$/i.test(name),
  );
  return {
    ...Object.fromEntries(passed),
    CLAVIGER_ROTATOR_TOKEN: token,
    ...(rotatorsFile !== undefined && { CLAVIGER_ROTATORS: rotatorsFile }),
  };
}

/** Its one line says where. */
async function listening(host: Host): Promise<string> {
  const gone = once(host, "exit").then(([code, signal]) => {
    throw new Error(`the rotators' process ended before it listened (${code ?? signal})`);
  });
  const isLate = sleep(startMillisecondsMax, undefined, { ref: false }).then(() => {
    throw new Error(`the rotators' process did not listen within ${startMillisecondsMax / 1000} s`);
  });
  // They come true later, too, when nobody waits for them.
  for (const failure of [gone, isLate]) failure.catch(() => {});
  const line = once(createInterface({ input: host.stdout }), "line");
  const [said] = await Promise.race([line, gone, isLate]);
  return JSON.parse(said).url;
}

/** It finishes what is under way, within bounds. */
async function end(host: Host): Promise<void> {
  if (!hasNotEnded(host)) return;
  const ended = once(host, "exit");
  host.stdin.end();
  const timer = setTimeout(() => host.kill("SIGKILL"), endMillisecondsMax);
  await ended;
  clearTimeout(timer);
}

function hasNotEnded({ exitCode, signalCode }: Host): boolean {
  return exitCode === null && signalCode === null;
}
