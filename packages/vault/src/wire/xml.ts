/**
 * AWS Query's replies: lists of `<member>`, maps (JavaScript's own `Map`) of `<entry>`, ISO 8601
 * times, and only characters that XML allows.
 */

/** An element with its content; nothing at all where the value is undefined. */
export function element(name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (typeof value === "string") return text(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((item) => element("member", item)).join("");
  if (value instanceof Map) {
    return [...value].map(([key, item]) => element("entry", { key, value: item })).join("");
  }
  return Object.entries(value)
    .map(([name, member]) => element(name, member))
    .join("");
}

// What must be written as an entity, and what XML 1.0 can't hold in any way: most control
// characters, two non-characters, and halves of surrogate pairs.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const special = /[&<>"'\r\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
  ["\r", "&#xD;"],
]);

/** Character data. What XML can't hold becomes U+FFFD, so that a reply can always be parsed. */
export function text(value: string): string {
  return value.replace(special, (character) => entities.get(character) ?? "\uFFFD");
}
