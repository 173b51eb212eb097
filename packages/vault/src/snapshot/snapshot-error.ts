/** A snapshot can't be made, read or restored; nothing was changed. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
  /** What can be done about it. */
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}
