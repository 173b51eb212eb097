/** A getter for one value: whoever holds it always sees the newest version. */
import { asSecretsError, SecretsError } from "./errors.ts";
import type { SecretValue } from "./secret-value.ts";
import type { Source } from "./sources/source.ts";

export interface Reference {
  /** "ssm:/weatherproject/apiToken": safe to log. */
  readonly name: string;
  /** From the cache while it is fresh, else fetched; callers that come together share one fetch. */
  get(): Promise<SecretValue>;
  /** The last value fetched, without waiting. Throws NotLoaded before the first. */
  peek(): SecretValue;
  /** Fetches now; joins a fetch that began after `seen` was handed out. */
  refresh(seen?: SecretValue): Promise<SecretValue>;
}

export interface ReferenceParts {
  readonly source: Source;
  readonly name: string;
  readonly ttlMilliseconds: number;
  now(): number;
}

export function createReference({ source, name, ttlMilliseconds, now }: ReferenceParts): Reference {
  const fullName = `${source.scheme}:${name}`;
  let current: SecretValue | undefined;
  let staleAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<SecretValue> | undefined;

  function fetch(): Promise<SecretValue> {
    flight ??= source
      .fetch(name)
      .then((value) => {
        current = value;
        staleAt = now() + ttlMilliseconds;
        return value;
      })
      .catch((error: unknown) => {
        throw asSecretsError(error, fullName);
      })
      .finally(() => {
        flight = undefined;
      });
    return flight;
  }

  return Object.freeze({
    name: fullName,
    get: async () => (current !== undefined && now() < staleAt ? current : fetch()),
    peek() {
      if (current === undefined) {
        throw new SecretsError("NotLoaded", `${fullName} is not loaded yet: await load() first`);
      }
      return current;
    },
    // When a newer value than the one that failed is here already, somebody else has refreshed.
    refresh: async (seen?: SecretValue) =>
      seen !== undefined && current !== undefined && current !== seen ? current : fetch(),
  });
}
