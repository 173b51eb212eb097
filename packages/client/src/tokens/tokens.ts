/** `@claviger/client/tokens`: sources of expiring tokens, for `secrets.token(…)`. */
export { type ClientCredentials, clientCredentials } from "./client-credentials.ts";
export { type RefreshToken, refreshToken } from "./refresh-token.ts";
export type { TokenEndpoint } from "./token-endpoint.ts";
export type { Token, TokenRequest, TokenSource } from "./token-source.ts";
