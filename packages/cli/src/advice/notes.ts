/** What could not be looked at, and why: each reason once, however often it came up. */
import { isOneOf } from "../aws-failure.ts";

export class Notes {
  readonly #said = new Set<string>();

  get all(): readonly string[] {
    return [...this.#said];
  }

  add(note: string): void {
    this.#said.add(note);
  }

  /** undefined, and a note, where the caller is denied it or the server doesn't know it. */
  async ifAllowed<T>(what: string, action: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      const isDenied = isOneOf(error, "AccessDeniedException", "AccessDenied");
      if (!isDenied && !isUnknown(error)) throw error;
      this.add(`not looked at: ${what}: ${action} is ${isDenied ? "denied" : "not answered here"}`);
      return undefined;
    }
  }
}

/** As test servers say it of what they lack. */
function isUnknown(error: unknown): boolean {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return (
    isOneOf(error, "UnknownOperationException", "InvalidAction", "NotImplementedException") ||
    $metadata?.httpStatusCode === 501
  );
}
