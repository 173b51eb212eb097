/**
 * What AWS takes for keeping secrets and parameters: US East (N. Virginia), without its free tier.
 * The vault takes nothing.
 */

export interface Prices {
  /** When they were read. */
  readonly date: string;
  /** In US dollars. */
  readonly secretPerMonth: number;
  readonly advancedParameterPerMonth: number;
  readonly standardParameterPerMonth: number;
  readonly secretCallsPer10000: number;
  /** At standard throughput; standard parameters only. */
  readonly parameterCallsPer10000: number;
  readonly advancedParameterCallsPer10000: number;
}

/**
 * https://aws.amazon.com/secrets-manager/pricing/ and
 * https://aws.amazon.com/systems-manager/pricing/#Parameter_Store
 */
export const prices: Prices = {
  date: "2026-09-20",
  secretPerMonth: 0.4,
  advancedParameterPerMonth: 0.05,
  standardParameterPerMonth: 0,
  secretCallsPer10000: 0.05,
  parameterCallsPer10000: 0,
  advancedParameterCallsPer10000: 0.05,
};

/** `$0.80`; a tenth of a cent still shows. */
export function dollars(amount: number): string {
  const digits = Number.isInteger(Math.round(amount * 10_000) / 100) ? 2 : 4;
  return `$${amount.toFixed(digits)}`;
}
