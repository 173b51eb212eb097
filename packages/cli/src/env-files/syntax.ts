/** What each format of variables' files knows: how to find its entries, and how to write a value. */

export type Quoting = "none" | "single" | "double" | "backtick" | "mixed" | "block";

export interface Syntax {
  /** Throws a CommandFailure for a file that isn't of this format at all. */
  read(text: string, name: string): Reading;
  /**
   * The value as it is to stand in place of `before`, which was quoted so; undefined where the
   * format can't hold it.
   */
  spelled(value: string, quoting: Quoting, before: string): string | undefined;
}

export interface Reading {
  readonly found: readonly Found[];
  readonly problems: readonly Remark[];
}

/** An entry, by offsets in the text. */
export interface Found {
  readonly key: string;
  readonly value: string;
  /** Where the entry begins, with its `export`. */
  readonly from: number;
  /** Where its value stands, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly isExported: boolean;
  readonly quoting: Quoting;
  readonly expansion: string | undefined;
  /** Behind it on its line. */
  readonly comment: string | undefined;
}

export interface Remark {
  /** An offset in the text. */
  readonly at: number;
  readonly says: string;
}
