/** Where expiring tokens come from, and how the cache fetches them like everything else. */
import type { Address } from "../cache/entries.ts";
import type { Secrets } from "../secrets.ts";
import type { Source } from "../sources/source.ts";

/** `clientCredentials(…)`, `refreshToken(…)`, or one of your own. */
export interface TokenSource {
  /** Names the token in errors and events, and in the cache: two of one name are one token. */
  readonly name: string;
  /** A new token. What it rejects with is shown to whoever waits, so it must hold no value. */
  request(asked: TokenRequest): Promise<Token>;
}

export interface TokenRequest {
  /** `secrets.use`: for the client's secret, which may have been rotated. */
  readonly use: Secrets["use"];
  readonly signal: AbortSignal;
}

export interface Token {
  readonly value: string;
  /** From when it was asked for; without it, it is held for as long as any other value. */
  readonly expiresInSeconds?: number | undefined;
}

export function tokenAddress(tokens: TokenSource, use: Secrets["use"]): Address<string> {
  return { key: `token:${tokens.name}`, name: tokens.name, source: numbered(tokens, use) };
}

/** Tokens have no versions, so they are numbered. */
function numbered(tokens: TokenSource, use: Secrets["use"]): Source<string> {
  let version = 0;
  return {
    async fetch({ signal }) {
      const { value, expiresInSeconds } = await tokens.request({ use, signal });
      const expiresInMilliseconds =
        expiresInSeconds === undefined ? undefined : expiresInSeconds * 1000;
      return { raw: value, version: String(++version), expiresInMilliseconds };
    },
  };
}
