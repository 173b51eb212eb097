/** JSON Pointer, RFC 6901: where something lies in a reply. */

/** Undefined where nothing is. */
export function lookUp(document: unknown, pointer: string): unknown {
  if (pointer === "") return document;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce(member, document);
}

export function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);
}

function member(parent: unknown, token: string): unknown {
  if (typeof parent !== "object" || parent === null || !Object.hasOwn(parent, token)) return;
  return (parent as Readonly<Record<string, unknown>>)[token];
}
