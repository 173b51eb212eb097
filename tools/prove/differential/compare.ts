/** Whether the vault and the oracle agree on a case and, where not, which documented rule is why. */
import type { Case } from "./cases.ts";
import { documented } from "./documented.ts";
import { decideHere, decideThere } from "./engines.ts";

export interface Comparison {
  /** The vault's reason. */
  readonly here: string;
  readonly there: "Allowed" | "Denied";
  /**
   * undefined where they agree. Empty where they don't and nothing documented explains it;
   * otherwise the rules without any of which the difference would remain.
   */
  readonly because: readonly string[] | undefined;
}

export async function compare(given: Case): Promise<Comparison> {
  const here = decideHere(given);
  const there = await decideThere(given);
  if (isSame(here, there)) return { here, there, because: undefined };
  return { here, there, because: await explanation(given, here) };
}

/** The first rules that together explain it; most often one does. */
async function explanation(given: Case, here: string): Promise<readonly string[]> {
  for (const { name, rewrite } of documented) {
    if (await isExplained(rewrite(given), here)) return [name];
  }
  const all = documented.reduce((rewritten, { rewrite }) => rewrite(rewritten), given);
  if (!(await isExplained(all, here))) return [];
  let needed = documented;
  for (const rule of documented) {
    const without = needed.filter((each) => each !== rule);
    const rewritten = without.reduce((so, { rewrite }) => rewrite(so), given);
    if (await isExplained(rewritten, here)) needed = without;
  }
  return needed.map(({ name }) => name);
}

/** The vault must mean the same by the rewritten case as by the first. */
async function isExplained(rewritten: Case, here: string): Promise<boolean> {
  const again = decideHere(rewritten);
  const isUnchanged = (again === "allowed") === (here === "allowed");
  return isUnchanged && isSame(again, await decideThere(rewritten));
}

function isSame(here: string, there: "Allowed" | "Denied"): boolean {
  return (here === "allowed") === (there === "Allowed");
}
