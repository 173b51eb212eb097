/** Asks a host for a step, as the vault does. */
import type { RotatorHost } from "./host.ts";

export function post(
  host: RotatorHost,
  event: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${host.url}/2015-03-31/functions/built-in/invocations`, {
    method: "POST",
    headers: { authorization: `Bearer ${host.token}`, ...headers },
    body: typeof event === "string" ? event : JSON.stringify(event),
  });
}
