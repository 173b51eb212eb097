/**
 * The ring of keys between the root key and everything it protects. The root key seals the ring and
 * nothing else, so that changing it is one small commit; what the domain seals is sealed under the
 * ring's newest generation and says so. To the domain the ring is the root key. Where another node
 * has changed it, this one opens it anew (`reopening.ts`), or is sealed until it can.
 *
 * Format of what it seals: version 2 (one byte) | generation (four) | sealed under its key.
 */
import type { Clock, Randomness } from "../../clock.ts";
import { type RootKey, rootKeyBytes, rootKeyFrom } from "../../encryption/root-keys/root-key.ts";
import type { RootKeySource } from "../../encryption/root-keys/source.ts";
import { OpenFailed } from "../../encryption/seal.ts";
import { Conflict, Missing, type Storage, Unavailable } from "../../storage/storage.ts";
import { Work } from "../../storage/work.ts";
import { firstRing } from "./first-ring.ts";
import { rekeyInProgress } from "./rekey-errors.ts";
import { reopenRing } from "./reopening.ts";
import {
  type OpenedRing,
  openRing,
  putRing,
  type RingBody,
  readRing,
  ringTable,
} from "./ring-row.ts";
import { RingStorage } from "./ring-storage.ts";
import type { SealedRows } from "./sealed-rows.ts";

export interface RingSurroundings {
  /** Every kind of row that is sealed under the ring. */
  readonly sealedRows: readonly SealedRows[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** A source as CLAVIGER_ROOT_KEY names it; RootKeyError for a name that is none. */
  sourceNamed(name: string): RootKeySource;
}

const formatVersion = 2;
const generationStart = 1;
const sealedStart = 5;

const sealedReason =
  "This vault's root key was changed by another node, and this one can't get the new one. Give it " +
  "to this node where the rekey said that it is, or restart the node with CLAVIGER_ROOT_KEY set to " +
  "where it has it. It looks again every minute; its log has the reason.";

interface State extends OpenedRing {
  readonly revision: number;
  readonly body: RingBody;
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
  #sealed: string | undefined;
  #last: Promise<unknown> = Promise.resolve();

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
      // Of nodes that start on a new database together, the others open what the first one made: they
      // lose the race to write it, or find in the middle of looking that there are sealed keys now.
      const isMade = error instanceof Conflict || (await readRing(storage)) !== undefined;
      if (!isMade) throw error;
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
    // Only a hint: what can't be opened now is tried again, and told, by who reloads each minute.
    storage.watch(ringTable, () => void Work.outside(() => this.reload().catch(() => {})));
  }

  /** What is known of the root key, without anything secret. */
  get body(): RingBody {
    return this.#state.body;
  }

  /** Of the ring's row, as this process knows it. */
  get revision(): number {
    return this.#state.revision;
  }

  /** Why nothing can be sealed or opened, and what to do about it; undefined while all is well. */
  get sealed(): string | undefined {
    return this.#sealed;
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
        source,
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

  /** Only after every row was seen under this generation; nothing where it is no longer the newest. */
  dropOlderThan(generation: number): Promise<void> {
    return this.#change(({ body, keys, ...kept }) => {
      if (!this.hasOlderGenerations || this.generation !== generation) return undefined;
      return {
        ...kept,
        keys: new Map([...keys].filter(([each]) => each === generation)),
        body: { ...body, generations: [generation] },
      };
    });
  }

  /**
   * Learns what another node has made of the ring; at once where that is nothing. Throws
   * Unavailable where this node can't open it: then it is `sealed`, until a later reload can.
   */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reload());
  }

  /** One change after another, so that each starts from what the one before has left. */
  #change(next: (state: State) => Omit<State, "revision"> | undefined): Promise<void> {
    return this.#inTurn(async () => {
      for (;;) {
        const { revision } = this.#state;
        const changed = next(this.#state);
        if (changed === undefined) return;
        const put = putRing(changed.body, changed.rootKey, changed.keys, revision);
        try {
          await this.#inner.commit([put]);
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          await this.#reload();
          if (this.revision === revision) throw error;
          continue;
        }
        const row = await readRing(this.#inner);
        if (row === undefined) throw new Missing("The key ring");
        // Where another has changed it since, this much is known to be so.
        const isOurs = Buffer.from(row.sealed ?? []).equals(put.sealed ?? Buffer.alloc(0));
        this.#become({ ...changed, revision: isOurs ? row.revision : revision });
        return isOurs ? undefined : this.#reload();
      }
    });
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(task);
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #reload(): Promise<void> {
    const row = await readRing(this.#inner);
    if (row === undefined) throw new Missing("The key ring");
    if (row.revision === this.revision) {
      this.#sealed = undefined;
      return;
    }
    try {
      const sourceNamed = (name: string) => this.#surroundings.sourceNamed(name);
      this.#become({ ...row, ...(await reopenRing(row, this.#state, sourceNamed)) });
      this.#sealed = undefined;
    } catch (error) {
      this.#sealed = sealedReason;
      throw new Unavailable(sealedReason, { cause: error });
    }
  }

  #become(state: State): void {
    this.#state = state;
    this.#learn(state);
  }

  #learn({ body, rootKey, keys }: State): void {
    if (body.generations.includes(0)) this.#sealing.set(0, rootKey);
    for (const [generation, bytes] of keys) this.#sealing.set(generation, rootKeyFrom(bytes));
  }

  #key(generation: number): RootKey {
    const key = this.#sealing.get(generation);
    if (key !== undefined) return key;
    // Another node may have added it.
    Work.doubt();
    throw new OpenFailed();
  }
}

/** 0 for what the first version of the vault sealed under the root key itself. */
function generationOf(sealed: Uint8Array): number {
  if (sealed[0] !== formatVersion || sealed.length < sealedStart) return 0;
  return Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length).readUInt32BE(generationStart);
}
