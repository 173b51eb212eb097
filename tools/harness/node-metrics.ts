/** What a running node tells of itself at `GET /metrics`. */
import type { VaultProcess } from "./vault-process.ts";

/** The value of each family without labels. Throws where it doesn't answer within a second. */
export async function metricsOf({ url }: VaultProcess): Promise<ReadonlyMap<string, number>> {
  const reply = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1000) });
  const lines = (await reply.text()).matchAll(/^(\w+) (\S+)$/gm);
  return new Map([...lines].map(([, name = "", value]) => [name, Number(value)]));
}
