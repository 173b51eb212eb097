/** What the items of an import cost a month on AWS. */
import { dollars, prices } from "../prices.ts";
import { isAdvanced } from "./limits.ts";
import type { Item } from "./plan.ts";

export interface Cost {
  readonly standardParameters: number;
  readonly advancedParameters: number;
  readonly secrets: number;
  readonly dollarsPerMonth: number;
  readonly pricesOf: string;
}

export function costOf(items: readonly Item[]): Cost {
  const parameters = items.filter(({ reference }) => reference.service === "ssm");
  const advanced = parameters.filter(({ value }) => isAdvanced(value)).length;
  const secrets = new Set(
    items.filter((item) => !parameters.includes(item)).map(({ reference }) => reference.name),
  ).size;
  return {
    standardParameters: parameters.length - advanced,
    advancedParameters: advanced,
    secrets,
    dollarsPerMonth: advanced * prices.advancedParameterPerMonth + secrets * prices.secretPerMonth,
    pricesOf: prices.date,
  };
}

/** With the arithmetic: `$0.80 a month: 2 secrets at $0.40, 3 standard parameters free`. */
export function costInWords(cost: Cost): string {
  const parts = [
    [cost.secrets, "secret", `at ${dollars(prices.secretPerMonth)}`],
    [
      cost.advancedParameters,
      "advanced parameter",
      `at ${dollars(prices.advancedParameterPerMonth)}`,
    ],
    [cost.standardParameters, "standard parameter", "free"],
  ] as const;
  const sum = parts
    .filter(([count]) => count > 0)
    .map(([count, what, price]) => `${count} ${what}${count === 1 ? "" : "s"} ${price}`);
  const calls = cost.secrets + cost.advancedParameters > 0;
  return [
    `On AWS ${dollars(cost.dollarsPerMonth)} a month: ${sum.join(", ")}`,
    ...(calls
      ? [`and ${dollars(prices.secretCallsPer10000)} for 10,000 reads of what isn't free`]
      : []),
    `(prices of ${cost.pricesOf}).`,
  ].join(" ");
}
