/**
 * An OAuth client's registration at its authorization server, read and renewed by the client
 * itself: OAuth 2.0 Dynamic Client Registration Management.
 * https://www.rfc-editor.org/rfc/rfc7592
 */

import { isSafe } from "../declared/base-url.ts";
import type { Call } from "../declared/description.ts";
import { succeed } from "../declared/provider.ts";
import { RotationFailure } from "../rotator.ts";

/** A client information response: the secret's value has the same members. */
export type Client = Readonly<Record<string, unknown>>;

/** Throws RotationFailure. */
export function clientInformation(value: string): Client {
  try {
    const client: unknown = JSON.parse(value);
    if (typeof client === "object" && client !== null) return client as Client;
  } catch {
    // The parser's own words would quote the value.
  }
  throw new RotationFailure("The secret must be JSON, as a client's registration is answered.");
}

const read: Call = { method: "GET", path: " of registration_client_uri" };
const update: Call = { ...read, method: "PUT", json: "{client}" };

/** What an update must not say, and the secret, which the server is to make up anew. */
const notSent = [
  "registration_access_token",
  "registration_client_uri",
  "client_secret_expires_at",
  "client_id_issued_at",
  "client_secret",
];

export function readClient(known: Client, signal: AbortSignal): Promise<Client> {
  return ask(read, known, signal, {});
}

/** Has the server issue another secret, as it may with every update. */
export function renewClient(known: Client, signal: AbortSignal): Promise<Client> {
  const sent = Object.entries(known).filter(([name]) => !notSent.includes(name));
  return ask(update, known, signal, Object.fromEntries(sent));
}

async function ask(call: Call, known: Client, signal: AbortSignal, client: Client) {
  const url = safeUrl(memberOf(known, "registration_client_uri"));
  const token = memberOf(known, "registration_access_token");
  const authentication = { headers: { authorization: "Bearer {token}" } };
  const provider = { baseUrl: url, authentication, signal };
  const { document } = await succeed(provider, call, { token, client }, url);
  if (typeof document === "object" && document !== null) return document as Client;
  throw new RotationFailure("The authorization server doesn't answer with the client.");
}

/** Throws RotationFailure where it isn't there. */
export function memberOf(client: Client, name: string): string {
  const value = client[name];
  if (typeof value === "string" && value !== "") return value;
  throw new RotationFailure(`There is no ${name} in the secret.`);
}

export function safeUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isSafe(url)) return url;
  throw new RotationFailure("The authorization server's URLs must be https.");
}
