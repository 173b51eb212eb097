/** A reference whose text is JSON, and to the fields of that. */
import type { JsonReference, Reference } from "../reference.ts";
import type { SecretRaw } from "../sources/source.ts";
import { CachedReference, type CachedReferenceParts } from "./cached-reference.ts";
import { fieldReading, type Reading } from "./readings.ts";

export class CachedJson<T> extends CachedReference<SecretRaw, T> implements JsonReference<T> {
  readonly #whole: Reading<SecretRaw, unknown>;

  /** `whole`: of which its fields are taken. */
  constructor(parts: CachedReferenceParts<SecretRaw, T>, whole: Reading<SecretRaw, unknown>) {
    super(parts);
    this.#whole = whole;
  }

  field(name: string): Reference<string> {
    return this.derive(fieldReading(this.#whole, name), `${this.name}#${name}`);
  }
}
