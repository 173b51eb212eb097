/** A reference whose text is JSON, and to the fields of that. */
import type { JsonReference, Reference } from "../reference.ts";
import type { SecretRaw } from "../sources/source.ts";
import { CachedReference } from "./cached-reference.ts";
import { fieldReading } from "./readings.ts";

export class CachedJson<T> extends CachedReference<SecretRaw, T> implements JsonReference<T> {
  field(name: string): Reference<string> {
    return this.derive((read) => fieldReading(read, name), `${this.name}#${name}`);
  }
}
