/** The front of the library: declares references, loads them, and uses them with one retry. */
import { createReference, type Reference } from "./reference.ts";
import { parameterStore } from "./sources/parameter-store.ts";
import { secretsManager } from "./sources/secrets-manager.ts";
import type { Source } from "./sources/source.ts";

export interface SecretsOptions {
  /** How long a value is served without asking again. 300 seconds by default. */
  readonly ttlSeconds?: number | undefined;
  /** Ready SDK clients, where the default ones (environment, role) are not wanted. */
  readonly clients?:
    | {
        readonly ssm?: Parameters<typeof parameterStore>[0];
        readonly secretsManager?: Parameters<typeof secretsManager>[0];
      }
    | undefined;
  /** Milliseconds; for tests. */
  readonly now?: (() => number) | undefined;
}

export interface Secrets {
  /** A parameter of Parameter Store, decrypted: `parameter("/weatherproject/apiToken")`. */
  parameter(name: string): Reference;
  /** A secret of Secrets Manager, its AWSCURRENT version: `secret("prod/stripe/api")`. */
  secret(id: string): Reference;
  /** Fetches everything declared so far; rejects with the first failure. */
  load(): Promise<void>;
  /**
   * Calls with the value. If the provider refuses it (a result or an error whose `status` or
   * `statusCode` is 401) and the store has a newer value, calls once more with that one.
   */
  use<Result>(reference: Reference, call: (value: string) => Promise<Result>): Promise<Result>;
}

const defaultTtlSeconds = 300;

export function createSecrets(options: SecretsOptions = {}): Secrets {
  const ttlMilliseconds = (options.ttlSeconds ?? defaultTtlSeconds) * 1000;
  const now = options.now ?? (() => performance.now());
  const parameters = parameterStore(options.clients?.ssm);
  const secrets = secretsManager(options.clients?.secretsManager);
  const declared = new Map<string, Reference>();

  // One reference per name, so that one cache entry and one flight serve all who ask for it.
  function declare(source: Source, name: string): Reference {
    const key = `${source.scheme}:${name}`;
    const known = declared.get(key);
    if (known !== undefined) return known;
    const made = createReference({ source, name, ttlMilliseconds, now });
    declared.set(key, made);
    return made;
  }

  return {
    parameter: (name) => declare(parameters, name),
    secret: (id) => declare(secrets, id),
    load: async () => {
      await Promise.all([...declared.values()].map((reference) => reference.get()));
    },
    use,
  };
}

async function use<Result>(
  reference: Reference,
  call: (value: string) => Promise<Result>,
): Promise<Result> {
  const first = await reference.get();
  const outcome = await settled(call(first.reveal()));
  if (!isRefused("value" in outcome ? outcome.value : outcome.error)) return unwrapped(outcome);
  const second = await reference.refresh(first);
  // The same version again: it is not an old token that the provider refuses.
  if (second.version === first.version) return unwrapped(outcome);
  return call(second.reveal());
}

type Outcome<Result> = { readonly value: Result } | { readonly error: unknown };

function settled<Result>(promise: Promise<Result>): Promise<Outcome<Result>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function unwrapped<Result>(outcome: Outcome<Result>): Result {
  if ("value" in outcome) return outcome.value;
  throw outcome.error;
}

function isRefused(answer: unknown): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  const { status, statusCode } = answer as { status?: unknown; statusCode?: unknown };
  return status === 401 || statusCode === 401;
}
