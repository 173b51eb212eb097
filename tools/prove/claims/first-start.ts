/** From a fresh clone, on the machine's own Node and npm, `npm start` serves and `npm test` passes. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnvironment, temporaryFolder } from "../../harness/vault-process.ts";
import { type Claim, type ClaimRun, demand } from "../claim.ts";

const startSecondsMax = 60;

export const firstStart: Claim = {
  name: "first-start",
  says: `a fresh clone serves within ${startSecondsMax} s of npm start, and npm test passes on it`,
  async run({ root, isFull, print }) {
    const environment = machineEnvironment();
    print(`Node ${said("node", environment)} and npm ${said("npm", environment)} of this machine`);
    await showStart(clone(root), environment, print);
    if (isFull) showTest(clone(root), environment, print);
    else print("npm test runs by itself in CI, and here with --full");
  },
};

async function showStart(
  checkout: string,
  environment: Record<string, string>,
  print: ClaimRun["print"],
): Promise<void> {
  const port = await freePort();
  const startedAt = performance.now();
  const npm = spawn("npm", ["start"], {
    cwd: checkout,
    env: { ...environment, CLAVIGER_PORT: String(port) },
    // A group of its own, so that all that npm starts can be stopped together.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  try {
    const url = `http://127.0.0.1:${port}/health`;
    while (!(await answers(url))) {
      const seconds = (performance.now() - startedAt) / 1000;
      demand(seconds < startSecondsMax, `nothing serves after ${startSecondsMax} s: ${printed}`);
      demand(npm.exitCode === null, `npm start ended with ${npm.exitCode}: ${printed}`);
      await sleep(100);
    }
    print(`served ${((performance.now() - startedAt) / 1000).toFixed(1)} s after npm start`);
  } finally {
    const gone = once(npm, "exit");
    if (npm.pid !== undefined && npm.exitCode === null) {
      process.kill(-npm.pid, "SIGINT");
      await gone;
    }
  }
  demand(printed.includes(`http://127.0.0.1:${port}`), "the welcome does not say the URL");
  demand(printed.includes(".claviger"), "the welcome does not say where the data lies");
  demand(printed.includes("claviger env"), "the welcome does not say how to point a client at it");
  const changed = execFileSync("git", ["status", "--porcelain"], { cwd: checkout }).toString();
  demand(changed === "", `the checkout is not clean after npm start:\n${changed}`);
  print("the checkout stayed clean");
}

function showTest(
  checkout: string,
  environment: Record<string, string>,
  print: ClaimRun["print"],
): void {
  const startedAt = performance.now();
  const output = execFileSync("npm", ["test"], {
    cwd: checkout,
    env: { ...environment, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
  });
  const counted = output.match(/Tests\s+(.*)/)?.[1] ?? "";
  demand(/\d+ passed/.test(counted), "npm test ran no test");
  print(`npm test: ${counted.trim()}, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

function clone(root: string): string {
  const checkout = join(temporaryFolder("clone"), "claviger");
  execFileSync("git", ["clone", "--quiet", root, checkout]);
  return checkout;
}

/** The environment without this checkout's own Node: only what the machine has. */
function machineEnvironment(): Record<string, string> {
  const environment = cleanEnvironment();
  const path = (environment.PATH ?? "").split(delimiter);
  const kept = Object.entries(environment).filter(([name]) => !/^(npm_|INIT_CWD$)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: path.filter((folder) => !folder.includes("node_modules")).join(delimiter),
  };
}

function said(command: string, environment: Record<string, string>): string {
  return execFileSync(command, ["--version"], { env: environment }).toString().trim();
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
