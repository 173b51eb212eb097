/** What a vault's main thread holds once all garbage is collected: its objects and their buffers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryFolder } from "../../harness/vault-process.ts";

export class LiveMemory {
  /** The words for the vault's Node. */
  readonly nodeOptions: string;
  readonly #folder = temporaryFolder("live-memory");
  #asked = 0;

  constructor() {
    const script = fileURLToPath(new URL("live-memory.preload.ts", import.meta.url));
    const preload = pathToFileURL(script);
    preload.searchParams.set("to", this.#folder);
    this.nodeOptions = `--import=${preload.href}`;
  }

  async bytes(pid: number): Promise<number> {
    const file = join(this.#folder, String(++this.#asked));
    process.kill(pid, "SIGUSR2");
    while (!existsSync(file)) await sleep(20);
    return Number(readFileSync(file, "utf8"));
  }
}
