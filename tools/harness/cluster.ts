/**
 * A vault of many nodes: processes of `claviger server` side by side over one real PostgreSQL, each
 * of which may be killed, suspended and started again while the others serve.
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Postgres, startPostgres } from "./postgres.ts";
import {
  startVaultProcess,
  temporaryFolder,
  type VaultProcess,
  type VaultProcessOptions,
} from "./vault-process.ts";

export interface ClusterOptions {
  /** The checkout whose vault runs. */
  readonly root: string;
  readonly nodes: number;
  /** More words of `claviger server`, for every node. */
  readonly flags?: readonly string[] | undefined;
  /** More words for the Node of every node. */
  readonly nodeOptions?: string | undefined;
  /** In place of `claviger server`, for every node. */
  readonly server?: readonly string[] | undefined;
}

export interface Cluster {
  /** None of them runs yet. */
  readonly nodes: readonly ClusterNode[];
  readonly postgres: Postgres;
  /** What the nodes are given as `--database`. */
  readonly database: string;
  startAll(): Promise<void>;
  /** Ends all nodes, whatever they are doing, and the database. */
  stop(): Promise<void>;
}

export class ClusterNode {
  readonly name: string;
  readonly #options: VaultProcessOptions;
  /** With which it starts the next time: changes with a rekey. */
  rootKey: string | undefined;
  #vault: VaultProcess | undefined;
  #isSuspended = false;

  constructor(name: string, options: VaultProcessOptions) {
    this.name = name;
    this.#options = options;
    this.rootKey = options.rootKey;
  }

  /** The running process; a new one after each start. */
  get vault(): VaultProcess {
    if (this.#vault === undefined) throw new Error(`${this.name} does not run`);
    return this.#vault;
  }

  /** Whether it may be expected to answer: it runs and is not suspended. */
  get isUp(): boolean {
    return this.#vault !== undefined && !this.#isSuspended;
  }

  get dataDirectory(): string {
    return this.#options.dataDirectory;
  }

  /** Resolves once it serves. */
  async start(): Promise<void> {
    this.#vault = await startVaultProcess({ ...this.#options, rootKey: this.rootKey });
  }

  async stop(): Promise<void> {
    await this.#end((vault) => vault.stop());
  }

  async kill(): Promise<void> {
    await this.#end((vault) => vault.kill());
  }

  suspend(): void {
    this.#isSuspended = true;
    this.vault.suspend();
  }

  resume(): void {
    this.#isSuspended = false;
    this.vault.resume();
  }

  async #end(how: (vault: VaultProcess) => Promise<void>): Promise<void> {
    const vault = this.#vault;
    this.#vault = undefined;
    this.#isSuspended = false;
    if (vault !== undefined) await how(vault);
  }
}

export async function makeCluster(options: ClusterOptions): Promise<Cluster> {
  const { root, nodes, flags, nodeOptions, server } = options;
  const folder = temporaryFolder("cluster");
  const postgres = await startPostgres();
  const database = await postgres.newDatabase();
  const rootKey = newRootKey();
  const rootCredentials = {
    accessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
  const all = Array.from({ length: nodes }, (_, at) => {
    const name = `node-${at + 1}`;
    const dataDirectory = join(folder, name);
    return new ClusterNode(name, {
      root,
      dataDirectory,
      rootKey,
      rootCredentials,
      database,
      flags,
      nodeOptions,
      server,
    });
  });
  return {
    nodes: all,
    postgres,
    database,
    startAll: async () => void (await Promise.all(all.map((node) => node.start()))),
    async stop() {
      await Promise.all(all.map((node) => node.kill()));
      await postgres.stop();
    },
  };
}

/** A source of a root key, as CLAVIGER_ROOT_KEY and `claviger rekey` name it. */
export function newRootKey(): string {
  const path = join(temporaryFolder("root-key"), "root.key");
  writeFileSync(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  return `file:${path}`;
}
