/** Tokens on behalf of a user who agreed once: OAuth 2.0's refresh tokens (RFC 6749, 6). */
import { remember } from "../redaction/seen-values.ts";
import type { Reference } from "../reference.ts";
import { TransportError } from "../transport/transport.ts";
import { isClientRefused } from "./client-credentials.ts";
import { requestToken } from "./request-token.ts";
import { checkEndpoint, type TokenEndpoint } from "./token-endpoint.ts";
import type { TokenSource } from "./token-source.ts";

export interface RefreshToken extends TokenEndpoint {
  readonly refreshToken: Reference<string>;
  /** Left out for a public client, which has none. */
  readonly clientSecret?: Reference<string> | undefined;
  readonly scope?: string | undefined;
  /**
   * Saves the refresh token that the provider gave in place of the old one, which may be dead from
   * then on: no access token is handed out before it is done. If it rejects, so does whoever waits,
   * and the next request goes on with the new one.
   */
  readonly onRefreshToken?: ((refreshToken: string) => Promise<unknown>) | undefined;
}

/** A provider that rotates refresh tokens needs `onRefreshToken`. */
export function refreshToken(options: RefreshToken): TokenSource {
  checkEndpoint(options);
  const { clientSecret, scope, onRefreshToken } = options;
  /** What came in place of what is stored, until that is another one. */
  let rotated: { readonly stored: string; readonly value: string } | undefined;

  async function redeem(stored: string, secret: string | undefined, signal: AbortSignal) {
    const value = rotated?.stored === stored ? rotated.value : stored;
    const response = await requestToken({
      endpoint: options,
      clientSecret: secret,
      type: "refresh_token",
      parameters: { refresh_token: value, ...(scope !== undefined && { scope }) },
      signal,
    });
    if (response.refresh_token !== undefined && response.refresh_token !== value) {
      remember(response.refresh_token);
      rotated = { stored, value: response.refresh_token };
      await onRefreshToken?.(response.refresh_token);
    }
    return response;
  }

  /** Not `use`: a provider takes an old refresh token for a theft, and ends them all. */
  async function redeemNewest(secret: string | undefined, signal: AbortSignal) {
    const seen = await options.refreshToken.get({ signal });
    try {
      return await redeem(seen.reveal(), secret, signal);
    } catch (error) {
      if (!isGrantRefused(error)) throw error;
      // Another process may have rotated it.
      const newest = await options.refreshToken.refresh(seen);
      if (newest.reveal() === seen.reveal()) throw error;
      return redeem(newest.reveal(), secret, signal);
    }
  }

  return {
    name: `oauth:${options.clientId}@${options.tokenEndpoint}#${options.refreshToken.name}`,
    async request({ use, signal }) {
      const { access_token, expires_in } =
        clientSecret === undefined
          ? await redeemNewest(undefined, signal)
          : await use(clientSecret, (secret) => redeemNewest(secret, signal), {
              isRefused: isClientRefused,
            });
      return { value: access_token, expiresInSeconds: expires_in };
    },
  };
}

function isGrantRefused(error: unknown): boolean {
  return error instanceof TransportError && error.code === "invalid_grant";
}
