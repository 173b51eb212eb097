/** A secret's or a parameter's value: text, or bytes where only a binary secret can hold them. */

export type Value = { readonly text: string } | { readonly bytes: Uint8Array };

export function isText(value: Value): value is { readonly text: string } {
  return "text" in value;
}

/** Text where the bytes are UTF-8, to the byte. */
export function readValue(bytes: Uint8Array): Value {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text };
  } catch {
    return { bytes };
  }
}

export function bytesOf(value: Value): Uint8Array {
  return isText(value) ? Buffer.from(value.text, "utf8") : value.bytes;
}

/** Of the same form, too: a client sees whether a secret is binary. */
export function isSame(one: Value, other: Value): boolean {
  return isText(one) === isText(other) && Buffer.from(bytesOf(one)).equals(bytesOf(other));
}
