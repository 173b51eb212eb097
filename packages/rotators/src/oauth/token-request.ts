/**
 * Whether an authorization server takes a client's secret, asked as the client itself would ask
 * for a token.
 * https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
import type { Call } from "../declared/description.ts";
import { isSuccess, send, unexpected } from "../declared/provider.ts";
import { type Rotation, RotationFailure } from "../rotator.ts";
import { type Client, memberOf, safeUrl } from "./registration.ts";

const request: Call = { method: "POST", path: " of the token endpoint", isIdempotent: true };
const form = { grant_type: "client_credentials" };

/** A client that has authenticated may yet be told that this grant is none of its own. */
const authenticated = ["unauthorized_client", "unsupported_grant_type", "invalid_scope"];

/** Throws RotationFailure where the server says neither. */
export async function isAccepted(rotation: Rotation, client: Client): Promise<boolean> {
  const url = safeUrl(rotation.metadata.tokenEndpoint ?? "");
  // Metadata is chosen by whoever may rotate, who needn't be allowed to read.
  if (url.origin !== safeUrl(memberOf(client, "registration_client_uri")).origin) {
    throw new RotationFailure("The token endpoint is of another server than the registration.");
  }
  const provider = { baseUrl: url, authentication: { headers: {} }, signal: rotation.signal };
  const reply = await send(provider, ...authenticatedBy(client), url);
  const { error } = (reply.document ?? {}) as { error?: unknown };
  if (isSuccess(reply) || authenticated.some((each) => each === error)) return true;
  if (reply.status === 401 || error === "invalid_client") return false;
  throw unexpected(request, reply);
}

/** As the client is registered: with HTTP Basic, unless it says otherwise. */
function authenticatedBy(client: Client): [Call, Readonly<Record<string, string>>] {
  const id = memberOf(client, "client_id");
  const secret = memberOf(client, "client_secret");
  if (client.token_endpoint_auth_method === "client_secret_post") {
    const fields = { ...form, client_id: "{id}", client_secret: "{secret}" };
    return [
      { ...request, form: fields },
      { id, secret },
    ];
  }
  const authentication = { basic: { user: "{id}", password: "{secret}" } };
  return [
    { ...request, form, authentication },
    { id: formEncoded(id), secret: formEncoded(secret) },
  ];
}

/** RFC 6749, 2.3.1: both are encoded as in a form before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice("text=".length);
}
