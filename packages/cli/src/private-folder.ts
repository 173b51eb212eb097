/** A folder for one run of the command: only its owner may look into it, and it goes with the run. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PrivateFolder {
  /** The path of a new file, mode 0600, with exactly this text. */
  write(name: string, text: string): string;
  remove(): void;
}

/** Made at once. It is removed when the process ends, unless a signal or a fault kills it. */
export function makePrivateFolder(): PrivateFolder {
  const path = mkdtempSync(join(tmpdir(), "claviger-"));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.once("exit", remove);
  return {
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text, { mode: 0o600, flag: "wx" });
      return file;
    },
    remove,
  };
}
