/** The front of the library: declares references, loads them, and uses them until they are right. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { CredentialProvider, Credentials } from "./credentials/credentials.ts";
import type { AnyFetch, FetchRules } from "./fetch/authorized-fetch.ts";
import type {
  GetOptions,
  JsonReference,
  ParameterSelection,
  ParameterTree,
  Reference,
  SecretSelection,
} from "./reference.ts";
import type { UseOptions } from "./rotation/use.ts";
import type { TokenSource } from "./tokens/token-source.ts";
import type { Clients } from "./transport/sdk-transport.ts";

/** What is not given is found as the AWS SDKs find it. */
export interface SecretsOptions {
  readonly region?: string | undefined;
  /** Of both services: a vault's URL. */
  readonly endpoint?: string | undefined;
  /** Keys, or any credential provider of the AWS SDK v3. */
  readonly credentials?: Credentials | CredentialProvider | undefined;
  /** Ready AWS SDK v3 clients. A service that has none is called without the SDK. */
  readonly clients?: Clients | undefined;
  /** How long a value is served without asking again, less a jitter of up to a tenth. 300. */
  readonly ttlSeconds?: number | undefined;
  /** How long after that it is still served in an outage. 3600. */
  readonly maxStaleSeconds?: number | undefined;
  /** How many values are kept, those being fetched or listened to aside. 1000. */
  readonly maxEntries?: number | undefined;
  /** Of one attempt. 5. */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Whether to listen to the vault's change feed, for new values in under a second. By default
   * where an endpoint is configured; where there is no feed, the TTL has to do.
   */
  readonly push?: boolean | undefined;
  /** Milliseconds that never go backwards; for tests. */
  readonly clock?: (() => number) | undefined;
}

export interface Secrets {
  /** A parameter of Parameter Store, decrypted: `parameter("/weatherproject/apiToken")`. */
  parameter(name: string, selection?: ParameterSelection): Reference<string>;
  /** A secret of Secrets Manager, by name or ARN: `secret("prod/stripe/api")`. */
  secret(id: string, selection?: SecretSelection): Reference<string>;
  /** A secret whose value is bytes. `reveal()` gives a copy. */
  binary(id: string, selection?: SecretSelection): Reference<Uint8Array>;
  /**
   * A secret, or what a reference string names, whose text is JSON. With a schema (Zod, Valibot,
   * ArkType, any Standard Schema) the value is what that makes of it.
   */
  json<Schema extends StandardSchemaV1>(
    idOrReference: string,
    schema: Schema,
    selection?: SecretSelection,
  ): JsonReference<StandardSchemaV1.InferOutput<Schema>>;
  json<T = unknown>(
    idOrReference: string,
    schema?: undefined,
    selection?: SecretSelection,
  ): JsonReference<T>;
  /** An environment variable, for development. */
  env(name: string): Reference<string>;
  /** A line of a `.env` file, for development. */
  dotenv(file: string, name: string): Reference<string>;
  /**
   * What a string names: "ssm:/path/name" or "/path/name", "secretsmanager:name", an ARN, each also
   * with "#field", "env:NAME", "dotenv:FILE#NAME". Throws SecretsError: Invalid.
   */
  reference(written: string): Reference<string>;
  /** The first that exists. A denial or an outage of one is told, not passed over. */
  firstOf<T>(first: Reference<T>, ...others: Reference<T>[]): Reference<T>;
  /** All parameters below a path: `byPath("/weatherproject")`. */
  byPath(path: string): ParameterTree;
  /** A token that expires, renewed before it does: see `@claviger/client/tokens`. */
  token(source: TokenSource): Reference<string>;
  /**
   * Fetches everything declared so far, in as few calls as there can be. Rejects with a
   * SecretsError that names each one that failed.
   */
  load(options?: GetOptions): Promise<void>;
  /**
   * Calls with the value. Where it is refused (a result or an error whose `status` or `statusCode`
   * is 401, or whose `code` is 28P01) calls once more with the newest from the store, and then with
   * what a rotation may have beside that. 403 makes it look for a newer one only.
   */
  use<T, Result>(
    reference: Reference<T>,
    call: (value: T) => Promise<Result>,
    options?: UseOptions,
  ): Promise<Result>;
  /** A `fetch` that adds a credential to requests of exactly one origin each. */
  fetch(rules: FetchRules): typeof globalThis.fetch;
  fetch<Fetch extends AnyFetch>(rules: FetchRules, send: Fetch): Fetch;
  /** Masks every value that was fetched, in its common encodings. */
  redact(text: string): string;
  /** Ends the change feed. What is cached stays usable. Needed nowhere for a process to end. */
  close(): void;
  [Symbol.dispose](): void;
}
