/** A provider's token endpoint, as the application gives it. */
import { isSafeForSecrets } from "../fetch/safe-origin.ts";

export interface TokenEndpoint {
  /** "https://login.provider.example/oauth2/token" */
  readonly tokenEndpoint: string;
  readonly clientId: string;
  /** How the client's secret is sent: "client_secret_basic" by default. */
  readonly authentication?: "client_secret_basic" | "client_secret_post" | undefined;
  /** As the provider names itself in ID tokens, if it sends any; the endpoint's origin by default. */
  readonly issuer?: string | undefined;
}

/** Throws TypeError where secrets must not be sent there. */
export function checkEndpoint({ tokenEndpoint }: TokenEndpoint): void {
  const url = URL.parse(tokenEndpoint);
  if (url !== null && isSafeForSecrets(url)) return;
  throw new TypeError(`${tokenEndpoint} is no token endpoint: https: only, or http: to loopback`);
}
