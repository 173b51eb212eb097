/**
 * The ring of keys between the root key and everything it protects. The root key seals the ring and
 * nothing else, so that changing it is one small commit; what the domain seals is sealed under the
 * ring's newest generation and says so. To the domain the ring is the root key.
 *
 * Format of what it seals: version 2 (one byte) | generation (four) | sealed under its key.
 */
import type { Clock, Randomness } from "../../clock.ts";
import { type RootKey, rootKeyBytes, rootKeyFrom } from "../../encryption/root-keys/root-key.ts";
import type { RootKeySource } from "../../encryption/root-keys/source.ts";
import { OpenFailed } from "../../encryption/seal.ts";
import { Conflict, Missing, type Storage } from "../../storage/storage.ts";
import { firstRing } from "./first-ring.ts";
import { rekeyInProgress } from "./rekey-errors.ts";
import { type Generations, openRing, putRing, type RingBody, readRing } from "./ring-row.ts";
import { RingStorage } from "./ring-storage.ts";
import type { SealedRows } from "./sealed-rows.ts";

export interface RingSurroundings {
  /** Every kind of row that is sealed under the ring. */
  readonly sealedRows: readonly SealedRows[];
  readonly clock: Clock;
  readonly randomness: Randomness;
}

const formatVersion = 2;
const generationStart = 1;
const sealedStart = 5;

interface State {
  readonly revision: number;
  readonly body: RingBody;
  readonly rootKey: RootKey;
  readonly keys: Generations;
}

export class KeyRing implements RootKey {
  /** For whoever seals under this ring: what it writes is under the newest generation. */
  readonly storage: Storage;
  readonly #inner: Storage;
  readonly #surroundings: RingSurroundings;
  readonly #purposes: ReadonlySet<string>;
  /** Dropped generations stay until the process ends: a request may still hold a row of theirs. */
  readonly #sealing = new Map<number, RootKey>();
  #state: State;
  #changing: Promise<unknown> = Promise.resolve();

  /**
   * Opens the vault's ring, or makes one where nothing has been sealed yet. Throws RootKeyError,
   * before anything is written, unless the source's root key is the vault's.
   */
  static async open(
    storage: Storage,
    source: RootKeySource,
    surroundings: RingSurroundings,
  ): Promise<KeyRing> {
    const row = await readRing(storage);
    if (row !== undefined) {
      const state = { ...row, ...(await openRing(row, source)) };
      return new KeyRing(storage, state, surroundings);
    }
    try {
      await storage.commit(await firstRing(storage, source, surroundings));
    } catch (error) {
      // Of two nodes that start on a new database the second opens what the first one made.
      if (!(error instanceof Conflict)) throw error;
    }
    return KeyRing.open(storage, source, surroundings);
  }

  private constructor(storage: Storage, state: State, surroundings: RingSurroundings) {
    this.#inner = storage;
    this.#surroundings = surroundings;
    this.#purposes = new Set(surroundings.sealedRows.map(({ purpose }) => purpose));
    this.#state = state;
    this.#learn(state);
    this.storage = new RingStorage(storage, this, surroundings.sealedRows);
  }

  /** What is known of the root key, without anything secret. */
  get body(): RingBody {
    return this.#state.body;
  }

  /** Of the ring's row, as this process knows it. */
  get revision(): number {
    return this.#state.revision;
  }

  get fingerprint(): string {
    return this.body.rootKey;
  }

  /** The one that seals. */
  get generation(): number {
    return this.body.generations.at(-1) ?? 0;
  }

  /** Whether some rows may be sealed under an older generation than the current one. */
  get hasOlderGenerations(): boolean {
    return this.body.generations.length > 1;
  }

  seal(purpose: string, plaintext: Uint8Array, aad: string): Buffer {
    if (!this.#purposes.has(purpose)) throw new Error(`no sealed rows are declared for ${purpose}`);
    const head = Buffer.alloc(sealedStart);
    head[0] = formatVersion;
    head.writeUInt32BE(this.generation, generationStart);
    return Buffer.concat([head, this.#key(this.generation).seal(purpose, plaintext, aad)]);
  }

  open(purpose: string, sealed: Uint8Array, aad: string): Buffer {
    const generation = generationOf(sealed);
    const bytes = generation === 0 ? sealed : sealed.subarray(sealedStart);
    return this.#key(generation).open(purpose, bytes, aad);
  }

  isCurrent(sealed: Uint8Array): boolean {
    return generationOf(sealed) === this.generation;
  }

  /**
   * Gives the ring to another root key and adds a generation, in one commit: from then on only the
   * new root key opens the vault. Does nothing if it is the vault's already. Throws
   * RekeyInProgressException while rows are still sealed under an older generation.
   */
  async changeRootKey(source: RootKeySource): Promise<void> {
    const { vaultId } = this.body;
    const { rootKey, kept } = await source.create(vaultId);
    // A root key that can't be had again would lock the vault for ever.
    const again = await source.open(kept, vaultId);
    if (again.fingerprint !== rootKey.fingerprint) throw new OpenFailed();
    const added = this.#surroundings.randomness.bytes(rootKeyBytes);
    await this.#change(({ body: { generations }, keys }) => {
      if (this.hasOlderGenerations) throw rekeyInProgress();
      if (rootKey.fingerprint === this.fingerprint) return undefined;
      const next = this.generation + 1;
      return {
        rootKey,
        keys: new Map([...keys, [next, added]]),
        body: {
          vaultId,
          rootKey: rootKey.fingerprint,
          source: source.name,
          kept,
          since: this.#surroundings.clock.now(),
          generations: [...generations, next],
        },
      };
    });
  }

  /** Only after every row was seen under the current generation. */
  dropOlderGenerations(): Promise<void> {
    return this.#change(({ body, rootKey, keys }) => ({
      rootKey,
      keys: new Map([...keys].filter(([generation]) => generation === this.generation)),
      body: { ...body, generations: [this.generation] },
    }));
  }

  /** Resolves when no change of the ring is under way. */
  async settled(): Promise<void> {
    await this.#changing;
  }

  /** One change after another, so that each starts from what the one before has left. */
  #change(next: (state: State) => Omit<State, "revision"> | undefined): Promise<void> {
    const change = this.#changing.then(async () => {
      const changed = next(this.#state);
      if (changed === undefined) return;
      const { body, rootKey, keys } = changed;
      await this.#inner.commit([putRing(body, rootKey, keys, this.revision)]);
      const row = await readRing(this.#inner);
      if (row === undefined) throw new Missing("The key ring");
      this.#state = { ...changed, revision: row.revision };
      this.#learn(this.#state);
    });
    this.#changing = change.catch(() => {});
    return change;
  }

  #learn({ body, rootKey, keys }: State): void {
    if (body.generations.includes(0)) this.#sealing.set(0, rootKey);
    for (const [generation, bytes] of keys) {
      if (!this.#sealing.has(generation)) this.#sealing.set(generation, rootKeyFrom(bytes));
    }
  }

  #key(generation: number): RootKey {
    const key = this.#sealing.get(generation);
    if (key === undefined) throw new OpenFailed();
    return key;
  }
}

/** 0 for what the first version of the vault sealed under the root key itself. */
function generationOf(sealed: Uint8Array): number {
  if (sealed[0] !== formatVersion || sealed.length < sealedStart) return 0;
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length).readUInt32BE(generationStart);
}
