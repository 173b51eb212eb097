/** A value that shows itself only when asked by name: not in logs, JSON, templates or inspection. */
import { inspect } from "node:util";

const redacted = "[secret]";

export interface SecretValue {
  /** The value itself. Keep it no longer than the call that needs it. */
  reveal(): string;
  /** Parameter Store's version number or Secrets Manager's version id. */
  readonly version: string;
}

class Redacted implements SecretValue {
  readonly #value: string;
  readonly version: string;

  constructor(value: string, version: string) {
    this.#value = value;
    this.version = version;
    Object.freeze(this);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}

export function secretValue(value: string, version: string): SecretValue {
  return new Redacted(value, version);
}
