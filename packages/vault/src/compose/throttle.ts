/** What bounds the rate of requests, checked against what there is to be bounded. */
import { ConfigurationError } from "../configuration/configuration-error.ts";
import type { Service } from "../operations/operation.ts";
import type { Rates } from "../throttling/rates.ts";
import { Throttle } from "../throttling/throttle.ts";

/** A limit of an operation that isn't there would limit nothing, and nobody would notice. */
export function throttleOf(
  rates: Rates | undefined,
  services: readonly Service[],
): Throttle | undefined {
  if (rates === undefined) return undefined;
  const known = new Set(
    services.flatMap(({ name, operations }) => operations.map((each) => `${name}:${each.name}`)),
  );
  const unknown = [...rates.operations.keys()].find((name) => !known.has(name));
  if (unknown === undefined) return new Throttle(rates);
  throw new ConfigurationError(
    `--throttle: ${unknown} is no operation of this vault`,
    "docs/reference/operations.md has them all",
  );
}
