/** Asks a vault for what AWS has no service: its own operations. */
import { signedRequest } from "../bench/signed-request.ts";
import type { VaultProcess } from "./vault-process.ts";

/** As the account root. Rejects with the vault's own words where it refuses. */
export async function askVault(
  { url, environment }: Pick<VaultProcess, "url" | "environment">,
  operation: string,
  input: object,
  // biome-ignore lint/suspicious/noExplicitAny: outputs of every operation.
): Promise<any> {
  const signing = {
    url,
    service: "claviger",
    target: `Claviger_20261122.${operation}`,
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
  };
  const response = await fetch(url, { method: "POST", ...signedRequest(signing, input) });
  const reply = await response.json();
  if (!response.ok) throw new Error(`${operation} was refused: ${JSON.stringify(reply)}`);
  return reply;
}
