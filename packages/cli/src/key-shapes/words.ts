/** The words of a variable's name, however they are joined: `STRIPE_API_KEY`, `stripeApiKey`. */

/** In upper case. */
export function wordsOf(variable: string): string[] {
  return variable
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .map((word) => word.toUpperCase());
}
