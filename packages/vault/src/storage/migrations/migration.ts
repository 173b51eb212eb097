/** One numbered step of the schema, applied in a transaction together with its version's row. */
export interface Migration {
  /** One more than the version before; also the number in the file's name. */
  readonly version: number;
  readonly title: string;
  readonly sqlite: string;
  /** Before version 6 no database of PostgreSQL had rows, so earlier steps only make tables there. */
  readonly postgres: string;
}
