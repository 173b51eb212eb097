/** The text of a file of variables, to the byte; what isn't text is refused, by where and not what. */
import { CommandFailure } from "../failure.ts";

/** The byte order mark stays in it. Throws for what isn't UTF-8, and for NUL, which no variable holds. */
export function decoded(bytes: Uint8Array, name: string): string {
  const [first = 0, second = 0] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new CommandFailure(`${name} is UTF-16`, "convert it: iconv -f UTF-16 -t UTF-8");
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw new CommandFailure(
      `${name} is no text: a NUL stands at byte ${nul + 1}`,
      "give a file of variables, in UTF-8",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandFailure(
      `${name} is not UTF-8: line ${firstWrongLine(bytes)} has other bytes`,
      "convert it, if it is Latin-1: iconv -f LATIN1 -t UTF-8",
    );
  }
}

/** Lines can be decoded one by one: no line feed stands inside of a character. */
function firstWrongLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let from = 0; ; line++) {
    const end = bytes.indexOf(0x0a, from);
    try {
      decoder.decode(bytes.subarray(from, end === -1 ? undefined : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    from = end + 1;
  }
}
