/** Parses what storage keeps and makes it safe to share: nobody can change a row's body. */

/** The JSON text's value, deeply frozen. */
export function parseFrozen(json: string): unknown {
  return freeze(JSON.parse(json));
}

/** The value, deeply frozen. It may hold no bytes, which can't be. */
export function freeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
