/** Text without the values that this process has seen, whatever common encoding they stand in. */
import { currentMask } from "./seen-values.ts";

/**
 * Masks each value of at least 8 characters that was fetched before, as it is and in base64,
 * base64url, hexadecimal, URL and JSON encoding; of JSON secrets, also each string in them.
 *
 * ```ts
 * const log = pino({ hooks: { streamWrite: redact } });
 * ```
 */
export function redact(text: string): string {
  return currentMask().masked(text);
}
