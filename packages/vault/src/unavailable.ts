/** What storage, the audit log and their connections throw when a database can't do its work now. */

/** The database can't be read or written now. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /** What whoever runs the vault can do about it, where that is known. */
  readonly hint: string | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly hint?: string | undefined } = {},
  ) {
    super(message, options);
    this.hint = options.hint;
  }
}
