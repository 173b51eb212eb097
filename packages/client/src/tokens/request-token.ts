/**
 * One request to a provider's token endpoint, by oauth4webapi, which is loaded with the first. Its
 * errors are told in the transport's words, with the provider's code and nothing else of the reply.
 */
import type { ClientAuth, TokenEndpointResponse } from "oauth4webapi";
import { SecretsError } from "../errors.ts";
import { serviceFailure } from "../transport/failures.ts";
import { TransportError } from "../transport/transport.ts";
import type { TokenEndpoint } from "./token-endpoint.ts";

type OAuth = typeof import("oauth4webapi");

export interface Grant {
  readonly endpoint: TokenEndpoint;
  /** undefined: a public client, which has none. */
  readonly clientSecret: string | undefined;
  readonly type: "client_credentials" | "refresh_token";
  readonly parameters: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const timeoutMilliseconds = 10_000;

/** Rejects with TransportError. */
export async function requestToken(grant: Grant): Promise<TokenEndpointResponse> {
  const { endpoint, type, parameters } = grant;
  const url = new URL(endpoint.tokenEndpoint);
  // With a handler of its own: a bundler then leaves a peer that isn't installed to run time.
  const oauth = await import("oauth4webapi").catch(notInstalled);
  const server = { issuer: endpoint.issuer ?? url.origin, token_endpoint: url.href };
  const client = { client_id: endpoint.clientId };
  const time = AbortSignal.timeout(timeoutMilliseconds);
  // One that nobody but `any` listens to may be collected on Node 22.13, and never comes then.
  time.addEventListener("abort", () => {}, { once: true });
  try {
    const response = await oauth.genericTokenEndpointRequest(
      server,
      client,
      authenticationOf(grant, oauth),
      type,
      parameters,
      {
        signal: AbortSignal.any([grant.signal, time]),
        // That is: HTTP, which has been found to be to this machine.
        [oauth.allowInsecureRequests]: true,
      },
    );
    // Its 5xx and 429 have no body of OAuth's.
    if (response.status === 429 || response.status >= 500) throw unanswered(response);
    return await oauth.processGenericTokenEndpointResponse(server, client, response);
  } catch (error) {
    grant.signal.throwIfAborted();
    throw asTransportError(error, oauth);
  }
}

function notInstalled(cause: unknown): never {
  throw new SecretsError("Invalid", "oauth4webapi is not installed: it is a peer", { cause });
}

function authenticationOf({ endpoint, clientSecret }: Grant, oauth: OAuth): ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  return endpoint.authentication === "client_secret_post"
    ? oauth.ClientSecretPost(clientSecret)
    : oauth.ClientSecretBasic(clientSecret);
}

function unanswered(response: Response): TransportError {
  return serviceFailure({
    code: `Status${response.status}`,
    message: `the token endpoint answered ${response.status}`,
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
  });
}

/** Without a cause: what a provider says of a token may quote it. */
function asTransportError(error: unknown, oauth: OAuth): TransportError {
  if (error instanceof TransportError) return error;
  if (error instanceof oauth.ResponseBodyError) {
    const { error: code, status } = error;
    return serviceFailure({ code, message: `the token endpoint answered ${code}`, status });
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    const message = "the token endpoint answered 401";
    return new TransportError("invalid_client", message, { kind: "refused" });
  }
  const isUnreadable = error instanceof oauth.OperationProcessingError;
  const [code, message] = isUnreadable
    ? ["Unreadable", "the token endpoint's answer is no token response"]
    : ["Unreachable", "the token endpoint can't be reached"];
  return new TransportError(code, message, { kind: "outage" });
}
