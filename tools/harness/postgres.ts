/**
 * A real PostgreSQL for tests, claims and the benchmark: a server of its own on a free port of
 * loopback, from npm's binaries, run by an ordinary user also where we are root. It may be killed
 * and started again; it is gone with its data when this process ends, however that happens.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createDatabase } from "../../packages/vault/src/testing/database.ts";
import { freePort } from "./free-port.ts";
import { copyPostgres } from "./postgres-binaries.ts";
import { startWatchdog } from "./watchdog.ts";

export interface Postgres {
  /** Of its superuser. A vault is given one of `newDatabase`. */
  readonly url: string;
  /** Of the postmaster, whose children are the server's other processes. */
  readonly pid: number;
  readonly dataDirectory: string;
  /** All it has logged so far. */
  readonly log: string;
  /** An empty database, and its owner, who may do nothing else on the server. */
  newDatabase(): Promise<string>;
  /** SIGKILL for every process of it; resolves when they have gone. */
  kill(): Promise<void>;
  /** After `kill`: on the same data and port. Resolves once it has recovered and takes connections. */
  start(): Promise<void>;
  /** Ends it at once and removes its data. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Nothing waits for a disk: for tests of other things. What it acknowledged survives `kill`. */
  readonly isFast?: boolean | undefined;
  /** More of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string | number>> | undefined;
}

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const user = ordinaryUser();
  // Another user couldn't reach what lies in a private folder of root's.
  const folder = mkdtempSync(join(user ? "/tmp" : tmpdir(), "claviger-postgres-"));
  const watchdog = startWatchdog(folder, "SIGQUIT");
  const cluster = { user, folder, programs: join(folder, "programs"), data: join(folder, "data") };
  if (user) chownSync(folder, user.uid, user.gid);
  copyPostgres(cluster.programs);
  const password = await initialise(cluster);
  const port = await freePort();
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const words = wordsOf(options, port);
  let postmaster: Postmaster;
  const journal = { text: "" };
  const start = async () => {
    postmaster = await spawnPostmaster(cluster, words, journal);
    watchdog.watch(postmaster.pid);
  };
  await start();
  return {
    url,
    get pid() {
      return postmaster.pid;
    },
    dataDirectory: cluster.data,
    get log() {
      return journal.text;
    },
    newDatabase: () => createDatabase(url),
    kill: () => postmaster.kill(),
    start,
    stop: () => watchdog.end(),
  };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

interface Cluster {
  readonly folder: string;
  readonly programs: string;
  readonly data: string;
  readonly user: User | undefined;
}

/** Makes an empty cluster, and returns its superuser's password. */
async function initialise(cluster: Cluster): Promise<string> {
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(cluster.folder, "password");
  writeFileSync(passwordFile, password);
  if (cluster.user) chownSync(passwordFile, cluster.user.uid, cluster.user.gid);
  const words = "-U postgres -A scram-sha-256 -E UTF8 --locale=C --no-sync --no-instructions";
  await promisify(execFile)(
    join(cluster.programs, "bin/initdb"),
    [...words.split(" "), "-D", cluster.data, `--pwfile=${passwordFile}`],
    surroundings(cluster),
  );
  rmSync(passwordFile);
  return password;
}

function wordsOf({ isFast = false, settings = {} }: PostgresOptions, port: number): string[] {
  const forgoing = { fsync: "off", full_page_writes: "off" };
  const all = {
    port,
    listen_addresses: "127.0.0.1",
    // A socket's path has a hundred characters at most, and nobody needs one.
    unix_socket_directories: "",
    max_connections: 200,
    ...(isFast && forgoing),
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

interface Postmaster {
  readonly pid: number;
  kill(): Promise<void>;
}

/** Of a recovery, which reads all that was written since the last checkpoint. */
const startMillisecondsMax = 60_000;

/** Resolves when it takes connections. */
function spawnPostmaster(
  cluster: Cluster,
  words: readonly string[],
  journal: { text: string },
): Promise<Postmaster> {
  const program = join(cluster.programs, "bin/postgres");
  const child = spawn(program, ["-D", cluster.data, ...words], {
    ...surroundings(cluster),
    // Ctrl-C in a terminal is for whoever uses it, who may still need it to close in order.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log = child.stderr as Socket;
  // Its children hold the log's other end too: it closes when the last of them has gone.
  const gone = once(child, "close");
  const tooLong = setTimeout(() => child.kill("SIGQUIT"), startMillisecondsMax);
  return new Promise((resolve, reject) => {
    const from = journal.text.length;
    log.setEncoding("utf8").on("data", (text: string) => {
      journal.text += text;
      if (!journal.text.includes("ready to accept connections", from)) return;
      clearTimeout(tooLong);
      // From here on nobody has to stop it: this process may end, and the watchdog sees to it.
      child.unref();
      log.unref();
      resolve({ pid: child.pid ?? 0, kill: () => killAll(child, gone) });
    });
    child.once("error", reject);
    void gone.then(() => {
      clearTimeout(tooLong);
      reject(new Error(`PostgreSQL doesn't start:\n${journal.text.slice(from)}`));
    });
  });
}

async function killAll(postmaster: ChildProcess, gone: Promise<unknown>): Promise<void> {
  const { pid, exitCode, signalCode } = postmaster;
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  postmaster.ref();
  (postmaster.stderr as Socket).ref();
  // Stopped, it starts no more of them and tidies nothing up.
  process.kill(pid, "SIGSTOP");
  for (const child of childrenOf(pid)) process.kill(child, "SIGKILL");
  process.kill(pid, "SIGKILL");
  await gone;
}

function childrenOf(pid: number): number[] {
  const list =
    process.platform === "linux"
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      : execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return list.split(/\s+/).filter(Boolean).map(Number);
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (which: string) =>
    Number(execFileSync("id", [which, "nobody"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function surroundings({ user, folder }: Cluster) {
  return {
    // Of the two that `spawn` and `chown` take, this one is signed: macOS' nobody is -2.
    ...(user && { uid: user.uid | 0, gid: user.gid | 0 }),
    // Ours may be one that the user may not enter.
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  };
}
