/**
 * Secrets and parameters at run time, from AWS or from Claviger: fetched once, cached, refreshed.
 *
 * ```ts
 * const secrets = createSecrets();                                 // region, endpoint and
 * const token = secrets.parameter("/weatherproject/apiToken");     // credentials as the SDK's
 * await secrets.load();                                            // fail at start, not at noon
 * await secrets.use(token, (value) => callProvider(value));        // a 401 fetches and tries again
 * ```
 */
export { type ClientErrorCode, SecretsError } from "./errors.ts";
export type { Reference } from "./reference.ts";
export type { SecretValue } from "./secret-value.ts";
export { createSecrets, type Secrets, type SecretsOptions } from "./secrets.ts";
export type { Source } from "./sources/source.ts";
