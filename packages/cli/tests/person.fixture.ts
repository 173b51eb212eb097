/** Somebody at a machine of their own: a configuration folder, and AWS's files, that start empty. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { cleanEnvironment, temporaryFolder } from "../../../tools/harness/vault-process.ts";
import { command } from "./run-command.fixture.ts";

export interface Seen {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

export class Person {
  readonly folder = temporaryFolder("person");
  readonly configFile = `${this.folder}/aws/config`;
  readonly credentialsFile = `${this.folder}/aws/credentials`;

  get environment(): Record<string, string> {
    return {
      ...cleanEnvironment(),
      NO_COLOR: "1",
      XDG_CONFIG_HOME: `${this.folder}/config`,
      AWS_CONFIG_FILE: this.configFile,
      AWS_SHARED_CREDENTIALS_FILE: this.credentialsFile,
      AWS_REGION: "us-east-1",
    };
  }

  /** `words` stand apart by one space. */
  run(words: string, input = "", more: Record<string, string> = {}): Seen {
    return this.runs(command, words.split(" "), input, more);
  }

  runs(program: string, words: string[], input = "", more: Record<string, string> = {}): Seen {
    const env = { ...this.environment, ...more };
    const { stdout, stderr, status } = spawnSync(program, words, {
      env,
      input,
      encoding: "utf8",
      timeout: 30_000,
    });
    return { stdout, stderr, status };
  }

  /** One that is still running, to be killed. */
  starts(words: string, more: Record<string, string> = {}) {
    const env = { ...this.environment, ...more };
    return spawn(command, words.split(" "), { env, stdio: "ignore" });
  }

  writes(path: string, text: string, mode = 0o600): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
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
}
