/**
 * Secrets and parameters at run time, from AWS or from Claviger: fetched once, cached, refreshed.
 *
 * ```ts
 * const secrets = createSecrets();                                 // region, endpoint and
 * const token = secrets.parameter("/weatherproject/apiToken");     // credentials as the SDK's
 * const stripe = secrets.json("prod/payment/stripe/api", schema);  // any Standard Schema, typed
 * await secrets.load();                                            // fail at start, not at noon
 * token.peek().reveal();                                           // the newest, without waiting
 * await secrets.use(token, (value) => callProvider(value));        // a 401 fetches and tries again
 * ```
 */
export { createSecrets } from "./create-secrets.ts";
export type { CredentialProvider, Credentials } from "./credentials/credentials.ts";
export { type ClientErrorCode, SecretsError } from "./errors.ts";
export type { ClientEvent } from "./events.ts";
export type { FetchRule, FetchRules } from "./fetch/authorized-fetch.ts";
export { basic, bearer, type HeaderValue, template } from "./fetch/header-value.ts";
export { redact } from "./redaction/redact.ts";
export type {
  GetOptions,
  JsonReference,
  ParameterSelection,
  ParameterTree,
  Reference,
  SecretSelection,
} from "./reference.ts";
export type { UseOptions } from "./rotation/use.ts";
export type { Secret } from "./secret.ts";
export type { Secrets, SecretsOptions } from "./secrets.ts";
export type { Client, Clients } from "./transport/sdk-transport.ts";
