/** The file by which a running vault is found. */
import { join } from "node:path";

/** What `claviger env` reads to find a running vault: no credentials. */
export function serverFile(dataDirectory: string): string {
  return join(dataDirectory, "server.json");
}
