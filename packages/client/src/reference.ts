/** A getter for one value: whoever holds it always sees the newest version. */
import type { Secret } from "./secret.ts";

export interface Reference<T> {
  /** "ssm:/weatherproject/apiToken": safe to log. */
  readonly name: string;
  /**
   * From the cache while it is fresh, else fetched; callers that come together share one fetch.
   * In an outage the last value, with `isStale`. Rejects with SecretsError.
   */
  get(options?: GetOptions): Promise<Secret<T>>;
  /** The last value fetched, without waiting. Throws SecretsError: NotLoaded before the first. */
  peek(): Secret<T>;
  /**
   * Fetches now. Given the value that was `seen` to be out of date, returns at once what has
   * replaced it, shares the fetch of others who saw the same, and asks no more than every five
   * seconds while the store has nothing newer.
   */
  refresh(seen?: Secret<T>): Promise<Secret<T>>;
  /**
   * Calls `listener` after each new version has been fetched; returns what ends that. On AWS a
   * new version is noticed when somebody gets or peeks, with push at once.
   */
  onChange(listener: (previous: Secret<T>, next: Secret<T>) => void): () => void;
}

export interface GetOptions {
  /** Ends this caller's wait only, with an error of the code Aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** A secret or parameter whose text is JSON. */
export interface JsonReference<T> extends Reference<T> {
  /** One member of the object: a string as it is, anything else as JSON. */
  field(name: string): Reference<string>;
}

/** Every parameter below a path, decrypted, by its full name; cached and refreshed as one. */
export interface ParameterTree {
  readonly name: string;
  get(options?: GetOptions): Promise<ReadonlyMap<string, Secret<string>>>;
  /** Throws SecretsError: NotLoaded before the first. */
  peek(): ReadonlyMap<string, Secret<string>>;
}

/** Which version of a parameter; the newest if neither is given. */
export interface ParameterSelection {
  readonly version?: number | undefined;
  readonly label?: string | undefined;
  /** false: a SecureString's ciphertext. */
  readonly withDecryption?: boolean | undefined;
}

/** Which version of a secret; the one staged AWSCURRENT if neither is given. */
export interface SecretSelection {
  readonly versionId?: string | undefined;
  readonly versionStage?: string | undefined;
}
