/**
 * The vault as a process of its own, as its users run it: `claviger server` on a free port of
 * loopback over a data folder, found and addressed through `claviger env`. With `database` it is a
 * node of many: its folder is its own, its data is all the nodes'.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type RootCredentials, serverFile } from "@claviger/vault/data-folder";

export interface VaultProcess {
  readonly url: string;
  readonly pid: number;
  readonly dataDirectory: string;
  /** Everything the process printed and logged. */
  readonly logFile: string;
  /** From the start of the process until it answered that it serves. */
  readonly startMilliseconds: number;
  /** What `claviger env` says: endpoint, region and the root credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** SIGTERM, and waits until it has gone. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it has gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it is there and does nothing, as a virtual machine that is moved, until `resume`. */
  suspend(): void;
  /** SIGCONT. */
  resume(): void;
}

export interface VaultProcessOptions {
  /** The checkout whose vault runs. */
  readonly root: string;
  readonly dataDirectory: string;
  /** Words for Node, such as --cpu-prof. */
  readonly nodeOptions?: string | undefined;
  /** CLAVIGER_ROOT_KEY; the folder's own root.key where it is left out. */
  readonly rootKey?: string | undefined;
  /** CLAVIGER_DATABASE; a node of many makes up neither root key nor root credentials. */
  readonly database?: string | undefined;
  readonly rootCredentials?: RootCredentials | undefined;
  /** More words of `claviger server`. */
  readonly flags?: readonly string[] | undefined;
  /** Words before the command's own, as of `nsenter`, that end in the same process. */
  readonly enter?: readonly string[] | undefined;
  /** In place of `claviger server`, and given the same flags. */
  readonly server?: readonly string[] | undefined;
  /** Where this process finds the data folder, if `enter` makes that another place. */
  readonly seenDirectory?: string | undefined;
}

const startMillisecondsMax = 20_000;

export async function startVaultProcess(options: VaultProcessOptions): Promise<VaultProcess> {
  const { root, dataDirectory } = options;
  mkdirSync(dataDirectory, { recursive: true });
  const logFile = `${dataDirectory}.log`;
  const log = openSync(logFile, "a");
  const command = join(root, "packages/cli/bin/claviger");
  const environment = environmentOf(options);
  const startedAt = performance.now();
  const [program = command, ...entering] = [...(options.enter ?? []), command];
  const folder = ["--data", dataDirectory];
  const [server = "", ...serverWords] = [
    ...(options.enter ?? []),
    ...(options.server ?? [command, "server"]),
  ];
  const words = [...serverWords, "--port", "0", ...folder, ...(options.flags ?? [])];
  const child = spawn(server, words, { env: environment, stdio: ["ignore", log, log] });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  await untilServing(child, options.seenDirectory ?? dataDirectory);
  // Whoever fails, and so forgets it, must not wait for it for ever.
  child.unref();
  const startMilliseconds = performance.now() - startedAt;
  const printed: Record<string, string> = JSON.parse(
    execFileSync(program, [...entering, "env", "--format", "json", ...folder], {
      env: environment,
      encoding: "utf8",
    }),
  );
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.ref();
    child.kill(signal);
    await gone;
  };
  return {
    url: printed.AWS_ENDPOINT_URL ?? "",
    pid: child.pid ?? 0,
    dataDirectory,
    logFile,
    startMilliseconds,
    environment: printed,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    suspend: () => child.kill("SIGSTOP"),
    resume: () => child.kill("SIGCONT"),
  };
}

function environmentOf(options: VaultProcessOptions): Record<string, string> {
  const { nodeOptions, rootKey, database, rootCredentials } = options;
  return {
    ...cleanEnvironment(nodeOptions),
    ...(rootKey !== undefined && { CLAVIGER_ROOT_KEY: rootKey }),
    ...(database !== undefined && { CLAVIGER_DATABASE: database }),
    ...(rootCredentials && {
      CLAVIGER_ROOT_ACCESS_KEY_ID: rootCredentials.accessKeyId,
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: rootCredentials.secretAccessKey,
    }),
  };
}

const running = new Set<ChildProcess>();
const temporaryFolders: string[] = [];
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of temporaryFolders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when this process ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `claviger-${name}-`));
  temporaryFolders.push(folder);
  return folder;
}

/** This process's environment without anything that would lead a vault or client elsewhere. */
export function cleanEnvironment(nodeOptions = ""): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(AWS_|CLAVIGER_|NODE_OPTIONS$)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), ...(nodeOptions !== "" && { NODE_OPTIONS: nodeOptions }) };
}

async function untilServing(child: ChildProcess, dataDirectory: string): Promise<void> {
  const deadline = Date.now() + startMillisecondsMax;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the vault ended with ${child.exitCode}`);
    try {
      const { url, pid } = JSON.parse(readFileSync(serverFile(dataDirectory), "utf8"));
      // What a killed predecessor wrote may still lie there.
      if (pid === child.pid && (await fetch(`${url}/health`)).ok) return;
    } catch {
      // Not there yet, or not whole.
    }
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the vault did not serve within ${startMillisecondsMax} ms`);
    }
    await sleep(10);
  }
}
