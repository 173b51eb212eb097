/**
 * AWS Query's replies to callers that would rather read JSON, as whoever verifies a presigned
 * GetCallerIdentity does: the same members, lists as arrays, times as whole epoch seconds.
 */
import { type HttpRequest, header } from "../message.ts";

/** AWS goes by the Accept header; SDKs send none, or one for everything. */
export function isJsonWanted(request: HttpRequest): boolean {
  const accepted = header(request, "accept");
  return accepted !== undefined && /(?:^|,)\s*application\/json\s*(?:[;,]|$)/i.test(accepted);
}

export function stringifyQueryOutput(output: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(plain(output));
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Math.floor(value.getTime() / 1000);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  const members = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(members.map(([name, member]) => [name, plain(member)]));
}
