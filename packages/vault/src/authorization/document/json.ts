/**
 * JSON as IAM reads it: an object that names a member twice is refused. JSON.parse would keep the
 * last one and so let a reader see another policy than the vault enforces.
 */

/** The parsed value, or undefined if `text` isn't JSON or an object in it repeats a name. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return hasRepeatedNames(text) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Walks the tokens of a text that is known to be JSON. */
function hasRepeatedNames(text: string): boolean {
  // The names seen in each object that is open; undefined for an open array.
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g)) {
    const names = open.at(-1);
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (isName && names !== undefined && token.startsWith('"')) {
      // Parsed, because "\u0041ction" is "Action".
      const name: string = JSON.parse(token);
      if (names.has(name)) return true;
      names.add(name);
    }
    isName = token === "{" || token === ",";
  }
  return false;
}
