/**
 * Makes references, and remembers which the application declared: one per value and way of reading
 * it, and no more than the cache has entries.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Addresses } from "../cache/addresses.ts";
import type { Address, Entries } from "../cache/entries.ts";
import type { Declared } from "../cache/entry.ts";
import { SecretsError } from "../errors.ts";
import type { JsonReference, ParameterTree, Reference, SecretSelection } from "../reference.ts";
import type { SecretRaw } from "../sources/source.ts";
import { CachedJson } from "./cached-json.ts";
import { CachedReference } from "./cached-reference.ts";
import { FirstOf } from "./first-of.ts";
import { readTree, treeOf } from "./parameter-tree.ts";
import { exactJsonReading, jsonReading, type Reading, readBytes, readText } from "./readings.ts";
import { readReference } from "./reference-string.ts";

/** Schemas that are made anew for each use must not pile up. */
const readingsMax = 16;

export class References {
  readonly #entries: Entries;
  readonly #addresses: Addresses;
  readonly #clock: () => number;
  readonly #chains = new Set<FirstOf<unknown>>();

  constructor(entries: Entries, addresses: Addresses, clock: () => number) {
    this.#entries = entries;
    this.#addresses = addresses;
    this.#clock = clock;
  }

  /** Each once; a chain instead of its links, of which one may well be missing. */
  *declared(): Generator<Declared> {
    for (const entry of this.#entries.all()) yield* entry.declared.values();
    yield* this.#chains;
  }

  text(address: Address<SecretRaw>): Reference<string> {
    return this.#declare(address, readText, () => this.#cached(address, readText));
  }

  bytes(address: Address<SecretRaw>): Reference<Uint8Array> {
    return this.#declare(address, readBytes, () => this.#cached(address, readBytes));
  }

  json<T>(
    written: string,
    schema: StandardSchemaV1<unknown, T> | undefined,
    selection: SecretSelection | undefined,
  ): JsonReference<T> {
    // The name of a secret has no colon.
    const isReference = written.startsWith("/") || written.includes(":");
    const full = isReference ? written : `secretsmanager:${written}`;
    const { address, field } = this.#located(full, selection);
    if (field !== undefined) {
      throw new SecretsError("Invalid", `${address.name} is read whole: take .field() of json()`);
    }
    return this.#declare(address, schema ?? jsonReading, () => this.#json(address, schema));
  }

  written(reference: string): Reference<string> {
    const { address, field } = this.#located(reference);
    if (field === undefined) return this.text(address);
    return this.#declare(address, `#${field}`, () => this.#json(address).field(field));
  }

  tree(path: string): ParameterTree {
    const address = this.#addresses.tree(path);
    return this.#declare(address, readTree, () => treeOf(this.#cached(address, readTree)));
  }

  firstOf<T>(first: Reference<T>, others: readonly Reference<T>[]): Reference<T> {
    const chain = new FirstOf([first, ...others]);
    for (const link of chain.references) {
      if (link instanceof CachedReference) link.withdraw();
      if (link instanceof FirstOf) this.#chains.delete(link);
    }
    const [oldest] = this.#chains;
    if (oldest !== undefined && this.#chains.size >= this.#entries.max) this.#chains.delete(oldest);
    this.#chains.add(chain);
    return chain;
  }

  #located(written: string, selection?: SecretSelection) {
    const { scheme, name, field } = readReference(written);
    const addresses = this.#addresses;
    if (scheme === "ssm") return { address: addresses.parameter(name), field };
    if (scheme === "secretsmanager") return { address: addresses.secret(name, selection), field };
    if (scheme === "env") return { address: addresses.environment(name) };
    return { address: addresses.dotenv(name, field ?? "") };
  }

  #cached<Raw, T>(address: Address<Raw>, read: Reading<Raw, T>) {
    return new CachedReference({ entries: this.#entries, address, clock: this.#clock, read });
  }

  #json<T>(address: Address<SecretRaw>, schema?: StandardSchemaV1<unknown, T>) {
    const read = jsonReading(schema);
    const whole = schema === undefined ? exactJsonReading() : read;
    return new CachedJson({ entries: this.#entries, address, clock: this.#clock, read }, whole);
  }

  #declare<Made extends Declared>(
    address: Address<unknown>,
    reading: unknown,
    make: () => Made,
  ): Made {
    const { declared } = this.#entries.obtain(address);
    const known = declared.get(reading);
    if (known !== undefined) return known as Made;
    const made = make();
    if (declared.size < readingsMax) declared.set(reading, made);
    return made;
  }
}
