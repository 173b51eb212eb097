/**
 * Somebody at a machine of their own: a home, a configuration folder, and AWS's files, that start
 * empty. Their commands run in this process, where nothing speaks for a start.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { command, typeHere } from "./typed-here.fixture.ts";

export interface Seen {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Where programs find the SDK. */
const checkout = fileURLToPath(new URL("../../..", import.meta.url));

type Variables = Readonly<Record<string, string>>;

export class Person {
  readonly folder = temporaryFolder("person");
  readonly configFile = `${this.folder}/aws/config`;
  readonly credentialsFile = `${this.folder}/aws/credentials`;

  get environment(): Variables {
    return {
      ...cleanEnvironment(),
      NO_COLOR: "1",
      HOME: this.folder,
      XDG_CONFIG_HOME: `${this.folder}/config`,
      XDG_CACHE_HOME: `${this.folder}/cache`,
      AWS_CONFIG_FILE: this.configFile,
      AWS_SHARED_CREDENTIALS_FILE: this.credentialsFile,
      AWS_REGION: "us-east-1",
    };
  }

  /** In this process, beside the vault. `words` stand apart by one space. */
  run(words: string, input = "", more: Variables = {}): Promise<Seen> {
    return typeHere(words.split(" "), { environment: { ...this.environment, ...more }, input });
  }

  /** The same in a process of its own. */
  runs(program: string, words: readonly string[], more: Variables = {}): Promise<Seen> {
    return seen(this.#started(program, words, more, "pipe"));
  }

  /** One that is still running, to be killed. */
  starts(words: string, more: Variables = {}): ChildProcess {
    return this.#started(command, words.split(" "), more, "ignore");
  }

  #started(
    program: string,
    words: readonly string[],
    more: Variables,
    output: "pipe" | "ignore",
  ): ChildProcess {
    const env = { ...this.environment, ...more };
    return spawn(program, words, {
      cwd: checkout,
      env,
      stdio: ["ignore", output, output],
      timeout: 30_000,
    });
  }

  writes(path: string, content: string, mode = 0o600): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  config(): string {
    return existsSync(this.configFile) ? readFileSync(this.configFile, "utf8") : "";
  }

  /** What is kept of a profile. */
  kept(profile: string) {
    const path = this.keptFile(profile);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  }

  keptFile(profile: string): string {
    return `${this.folder}/config/claviger/profiles/${profile}.json`;
  }

  /** Where the session is kept that a profile works by. */
  sessionFile(profile: string): string {
    return `${this.folder}/cache/claviger/sessions/${profile}.json`;
  }
}

async function seen(child: ChildProcess): Promise<Seen> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("its output goes elsewhere");
  const [out, err, [status]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, "close"),
  ]);
  return { stdout: out, stderr: err, status };
}
