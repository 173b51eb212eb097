/** A setting is off. `hint` says what to do about it. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
