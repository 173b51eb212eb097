/**
 * The keys of one provider, and its rules about them: a key's value is told once, the old one is
 * refused from the moment it dies, and there are only so many. What was ever made is remembered for
 * the tests' questions.
 */
import { randomBytes, randomUUID } from "node:crypto";

export interface RegisteredKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** As the provider keeps them: scopes, roles. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970; undefined while nobody has ended it. */
  diesAt: number | undefined;
}

export interface RegisterOptions {
  /** How a value looks: "SG.ID.SECRET". */
  readonly newValue: (id: string) => string;
  readonly keysMax?: number;
  readonly now?: () => number;
}

export class KeyRegister {
  /** Every value that ever was, in the order in which they were made. */
  readonly everMade: RegisteredKey[] = [];
  readonly #options: RegisterOptions;

  constructor(options: RegisterOptions) {
    this.#options = options;
  }

  get live(): readonly RegisteredKey[] {
    return this.everMade.filter((key) => this.isLive(key));
  }

  isLive({ diesAt }: RegisteredKey): boolean {
    return diesAt === undefined || diesAt > this.#now();
  }

  /** Undefined where the value is no good. */
  byValue(value: string | undefined): RegisteredKey | undefined {
    return this.live.find((key) => key.value === value);
  }

  /** The key's newest value. */
  byId(id: string | undefined): RegisteredKey | undefined {
    return this.live.findLast((key) => key.id === id && key.diesAt === undefined);
  }

  /** Undefined where there are as many as there may be. */
  make(
    name: string,
    attributes: Readonly<Record<string, unknown>> = {},
    id: string = randomUUID(),
  ): RegisteredKey | undefined {
    if (this.live.length >= (this.#options.keysMax ?? Number.POSITIVE_INFINITY)) return undefined;
    const value = this.#options.newValue(id);
    const key = { id, name, value, attributes, diesAt: undefined };
    this.everMade.push(key);
    return key;
  }

  /** False where there is no such key. */
  revoke(id: string): boolean {
    const values = this.live.filter((key) => key.id === id);
    for (const key of values) key.diesAt = this.#now();
    return values.length > 0;
  }

  /** Another value for the same key; the old one lives for so long. */
  roll(id: string, graceMilliseconds: number): RegisteredKey | undefined {
    const old = this.byId(id);
    if (old === undefined) return undefined;
    old.diesAt = this.#now() + graceMilliseconds;
    return this.make(old.name, old.attributes, id);
  }

  /** This value from now on; the old one lives for so long. */
  set(id: string, value: string, graceMilliseconds = 0): void {
    const old = this.byId(id);
    if (old === undefined || old.value === value) return;
    old.diesAt = this.#now() + graceMilliseconds;
    this.everMade.push({ ...old, value, diesAt: undefined });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}

export function secretPart(bytes = 24): string {
  return randomBytes(bytes).toString("base64url");
}
