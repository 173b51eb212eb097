/** What a fault on purpose is, and what is written down of it. */
import { failureOf, type Writers } from "../../harness/acknowledged-writes.ts";

export interface Fault {
  readonly name: string;
  /** Throws where something acknowledged is lost, or where the vault served what it shouldn't. */
  run(root: string, size: FaultSize): Promise<Observation>;
}

export interface FaultSize {
  /** How long writers write before and after, each. */
  readonly writeMilliseconds: number;
}

export interface Observation {
  /** What was done. */
  readonly injected: string;
  /** Writes that the vault said it keeps, before, during and after the fault. */
  readonly acknowledged: number;
  /** What was there afterwards. */
  readonly found: string;
  /** What clients got meanwhile. */
  readonly clients: string;
  /** What `/health` said, or the start of the vault. */
  readonly health: string;
  /** How it became well again. */
  readonly recovery: string;
}

/** Of the requests that failed: each kind of failure with its number. */
export function failuresOf({ cut }: Writers): string {
  const kinds = Object.entries(Object.groupBy(cut, ({ failure }) => failure ?? ""));
  return kinds.map(([failure, writes]) => `${writes?.length} × ${failure}`).join(", ") || "nothing";
}

/** `200`, `503: The audit log can't be written …`, `ECONNREFUSED`. */
export async function healthOf(url: string): Promise<string> {
  try {
    const reply = await fetch(`${url}/health`);
    const { reason } = (await reply.json()) as { readonly reason?: string };
    return reason === undefined ? String(reply.status) : `${reply.status}: ${reason}`;
  } catch (error) {
    return failureOf(error);
  }
}

/** How many milliseconds it took until it was true. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<number> {
  const beganAt = performance.now();
  while (!(await isSo())) {
    if (performance.now() > beganAt + 60_000) throw new Error("it did not become well in a minute");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Math.round(performance.now() - beganAt);
}

/** The words that a vault which would not start left on its standard error. */
export function refusalIn(log: string): string {
  return (
    log
      .match(/^error: (.*)$/gm)
      ?.at(-1)
      ?.slice("error: ".length) ?? "nothing"
  );
}
