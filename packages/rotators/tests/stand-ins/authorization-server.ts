/**
 * A stand-in for an OAuth 2.0 authorization server with RFC 7592's client configuration endpoint,
 * which issues a new secret with every update, and another registration token too where asked to.
 */
import { randomBytes } from "node:crypto";
import { bearer, type ProviderRequest, type StandIn, startStandIn } from "./stand-in.ts";

export interface AuthorizationServer extends StandIn {
  /** The registration's answer when the client came to be. */
  readonly registered: Readonly<Record<string, string>>;
  readonly tokenEndpoint: string;
  isGood(clientSecret: unknown): boolean;
}

export interface AuthorizationServerOptions {
  readonly renewsRegistrationToken?: boolean;
  /** The grant that the tests of a secret use isn't for this client. */
  readonly refusesGrant?: boolean;
  readonly authMethod?: "client_secret_basic" | "client_secret_post";
}

/** Has to be encoded, wherever it is sent. */
const newSecret = () => `s3cret+/%: ${randomBytes(9).toString("base64")}`;

export async function startAuthorizationServer({
  renewsRegistrationToken = false,
  refusesGrant = false,
  authMethod = "client_secret_basic",
}: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const client = { client_id: "client 1", client_name: "Weather", client_secret: newSecret() };
  let registrationToken = newSecret();
  const answer = () => ({
    status: 200,
    body: {
      ...client,
      token_endpoint_auth_method: authMethod,
      client_secret_expires_at: 0,
      registration_client_uri: `${standIn.url}/register/1`,
      registration_access_token: registrationToken,
    },
  });
  const asClient = (request: ProviderRequest, work: () => void) => {
    if (bearer(request) !== registrationToken) return { status: 401 };
    work();
    return answer();
  };
  const standIn = await startStandIn({
    "GET /register/:id": (request) => asClient(request, () => {}),
    "PUT /register/:id": (request) => {
      const { json = {} } = request;
      if (json.client_id !== client.client_id || json.client_name !== client.client_name) {
        return { status: 400, body: { error: "invalid_client_metadata" } };
      }
      if ("registration_access_token" in json || "client_secret_expires_at" in json) {
        return { status: 400, body: { error: "invalid_request" } };
      }
      return asClient(request, () => {
        client.client_secret = newSecret();
        if (renewsRegistrationToken) registrationToken = newSecret();
      });
    },
    "POST /token": (request) => {
      const [id, secret] = credentialsOf(request, authMethod);
      if (id !== client.client_id || secret !== client.client_secret) {
        return { status: 401, body: { error: "invalid_client" } };
      }
      if (refusesGrant) return { status: 400, body: { error: "unauthorized_client" } };
      return { status: 200, body: { access_token: "token", token_type: "Bearer" } };
    },
  });
  const { body } = answer();
  return {
    ...standIn,
    registered: body as unknown as Record<string, string>,
    tokenEndpoint: `${standIn.url}/token`,
    isGood: (secret) => secret === client.client_secret,
  };
}

function credentialsOf({ headers, form }: ProviderRequest, authMethod: string) {
  if (authMethod === "client_secret_post")
    return [form.get("client_id"), form.get("client_secret")];
  const [, pair = ""] = headers.authorization?.match(/^Basic (.+)$/) ?? [];
  const decoded = (text = "") => new URLSearchParams(`text=${text}`).get("text");
  return Buffer.from(pair, "base64").toString().split(":").map(decoded);
}
