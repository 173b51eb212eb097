/** A secret's value: a text or bytes, one of the two, up to 65,536 bytes. */
import type { VersionRecord } from "./records.ts";

export type SecretValue =
  | { readonly form: "string"; readonly text: string }
  | { readonly form: "binary"; readonly bytes: Uint8Array };

export const valueBytesMax = 65_536;

export function bytesOf(value: SecretValue): Uint8Array {
  return value.form === "string" ? Buffer.from(value.text, "utf8") : value.bytes;
}

export function valueFrom(form: VersionRecord["form"], bytes: Buffer): SecretValue {
  return form === "string" ? { form, text: bytes.toString("utf8") } : { form, bytes };
}
