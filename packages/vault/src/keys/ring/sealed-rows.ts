/**
 * The rows whose sealed bytes are sealed under the vault's key ring. Each kind is declared by the
 * module that owns it and listed in `compose.ts`, so that a rekey finds every one of them; the ring
 * seals nothing of a kind that was not declared. Such rows appear in no index.
 */
import type { Table } from "../../storage/storage.ts";

export interface SealedRows<Body = unknown> {
  readonly table: Table<Body>;
  /** What `RootKey.seal` is given for them. */
  readonly purpose: string;
  /** What binds the sealed bytes to their row. */
  aad(row: { readonly key: string; readonly body: Body }): string;
}
