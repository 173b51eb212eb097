/**
 * A group of change lists as it crosses to the writer thread: its values in one row, and all sealed
 * bytes in one piece. Cloned as objects, every change would bring the names of its members along,
 * and every small Buffer the whole pool that it was cut from.
 */
import type { WrittenChange } from "../sql/changes.ts";
import type { ChangeList } from "../sql/group.ts";
import type { Expectation, TableName } from "../storage.ts";

type Value = string | number | undefined;

export interface PackedLists {
  /** Of each list the number of its changes, then of each change what `pack` puts there. */
  readonly values: readonly Value[];
  readonly sealed: Uint8Array<ArrayBuffer>;
}

/** A change's type travels as its place here. */
const types = ["put", "delete", "require", "append", "add"] as const;

export function packLists(lists: readonly ChangeList[]): PackedLists {
  const values: Value[] = [];
  const pieces: Uint8Array[] = [];
  for (const { changes } of lists) {
    values.push(changes.length);
    for (const change of changes) pack(change, values, pieces);
  }
  return { values, sealed: inOnePiece(pieces) };
}

function pack(change: WrittenChange, values: Value[], pieces: Uint8Array[]): void {
  const { type, table } = change;
  values.push(types.indexOf(type), table);
  if (type === "append") values.push(change.body);
  else if (type === "add") values.push(change.key, change.amount);
  else if (type !== "put") values.push(change.key, change.expect);
  else {
    const { key, expect, body, sealed, indexes } = change;
    values.push(key, expect, body, sealed?.byteLength, indexes.length);
    if (sealed !== null) pieces.push(sealed);
    for (const [name, value] of indexes) values.push(name, value);
  }
}

function inOnePiece(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

/** The sealed bytes are views. */
export function unpackLists(packed: PackedLists): ChangeList[] {
  const values = new Unpacking(packed);
  const lists: ChangeList[] = [];
  while (!values.isAtEnd) {
    const changes: WrittenChange[] = [];
    for (let left = values.next<number>(); left > 0; left--) changes.push(values.change());
    lists.push({ changes });
  }
  return lists;
}

class Unpacking {
  readonly #values: readonly Value[];
  readonly #sealed: Uint8Array;
  #at = 0;
  #sealedAt = 0;

  constructor({ values, sealed }: PackedLists) {
    this.#values = values;
    this.#sealed = sealed;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#values.length;
  }

  /** The caller knows what stands there. */
  next<Next extends Value>(): Next {
    return this.#values[this.#at++] as Next;
  }

  change(): WrittenChange {
    const type = types[this.next<number>()];
    const table = this.next<TableName>();
    if (type === "append") return { type, table, body: this.next<string>() };
    const key = this.next<string>();
    if (type === "add") return { type, table, key, amount: this.next<number>() };
    if (type === "require") return { type, table, key, expect: this.next<Expectation>() };
    if (type === "delete") return { type, table, key, expect: this.next<number | undefined>() };
    const expect = this.next<Expectation | undefined>();
    const body = this.next<string>();
    const sealed = this.#piece(this.next<number | undefined>());
    const indexes: [name: string, value: string][] = [];
    for (let left = this.next<number>(); left > 0; left--) {
      indexes.push([this.next<string>(), this.next<string>()]);
    }
    return { type: "put", table, key, body, sealed, expect, indexes };
  }

  #piece(byteLength: number | undefined): Uint8Array | null {
    if (byteLength === undefined) return null;
    const from = this.#sealedAt;
    this.#sealedAt += byteLength;
    return this.#sealed.subarray(from, this.#sealedAt);
  }
}
