/** Tokens for a service that acts for itself: OAuth 2.0's client credentials (RFC 6749, 4.4). */
import type { Reference } from "../reference.ts";
import { TransportError } from "../transport/transport.ts";
import { requestToken } from "./request-token.ts";
import { checkEndpoint, type TokenEndpoint } from "./token-endpoint.ts";
import type { TokenSource } from "./token-source.ts";

export interface ClientCredentials extends TokenEndpoint {
  readonly clientSecret: Reference<string>;
  readonly scope?: string | undefined;
  /** What else the provider asks for: "audience", "resource". */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/**
 * A rotated client secret is noticed when the provider refuses the old one.
 *
 * ```ts
 * const token = secrets.token(clientCredentials({
 *   tokenEndpoint: "https://login.provider.example/oauth2/token",
 *   clientId: "weather-api",
 *   clientSecret: secrets.secret("prod/weather/oauth-client"),
 * }));
 * ```
 */
export function clientCredentials(options: ClientCredentials): TokenSource {
  checkEndpoint(options);
  const { clientSecret, scope, parameters } = options;
  const asked = { ...parameters, ...(scope !== undefined && { scope }) };
  const distinction = new URLSearchParams(asked).toString();
  return {
    name: `oauth:${options.clientId}@${options.tokenEndpoint}${distinction && `?${distinction}`}`,
    async request({ use, signal }) {
      const type = "client_credentials";
      const { access_token, expires_in } = await use(
        clientSecret,
        (secret) =>
          requestToken({
            endpoint: options,
            clientSecret: secret,
            type,
            parameters: asked,
            signal,
          }),
        { isRefused: isClientRefused },
      );
      return { value: access_token, expiresInSeconds: expires_in };
    },
  };
}

export function isClientRefused(answer: unknown): boolean {
  return answer instanceof TransportError && answer.code === "invalid_client";
}
