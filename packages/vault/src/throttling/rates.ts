/**
 * How many requests a second are admitted, as the setting says it:
 * `account=1000,principal=100,ssm:GetParameter=40`. What is not named has no limit.
 */

/** Requests a second. As many are also the burst: what may come at once after a quiet second. */
export interface Rates {
  /** Of one account, over all its regions. */
  readonly account: number | undefined;
  /** Of one user, role (all its sessions together) or account root. */
  readonly principal: number | undefined;
  /** Of one account, by operation: "ssm:GetParameter". */
  readonly operations: ReadonlyMap<string, number>;
}

/** A part of the setting is no rate. */
export class RatesError extends Error {
  override readonly name = "RatesError";
  readonly hint =
    "give account=, principal= or SERVICE:Operation= and requests a second, as account=1000,ssm:GetParameter=40";
}

const rateMax = 1_000_000;

/** The rates that `text` says. Throws RatesError. */
export function parseRates(text: string): Rates {
  const rates = new Map<string, number>();
  for (const part of text.split(",")) {
    const [, name, digits] =
      /^(account|principal|[a-z]+:[A-Za-z0-9]+)=(\d{1,7})$/.exec(part.trim()) ?? [];
    const rate = Number(digits);
    if (name === undefined || rate < 1 || rate > rateMax) {
      throw new RatesError(`'${part.trim()}' is not a rate of 1 to ${rateMax} requests a second`);
    }
    if (rates.has(name)) throw new RatesError(`${name} has two rates`);
    rates.set(name, rate);
  }
  const [account, principal] = [rates.get("account"), rates.get("principal")];
  rates.delete("account");
  rates.delete("principal");
  return { account, principal, operations: rates };
}

/** Whom a limit counts. */
export type LimitKind = "account" | "principal" | "operation";

export const limitKinds: readonly LimitKind[] = ["account", "principal", "operation"];
