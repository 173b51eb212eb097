/** dotenv files of any shape, against the `dotenv` package as the oracle. */
import { parse } from "dotenv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { effectiveEntries, readEnvFile } from "./env-file.ts";

const times = Number(process.env.PROPERTY_TIMES ?? "1");
const timeout = 20_000 * times;

/** What hard lines are made of. */
const piece = fc.constantFrom(
  ..."'\"`#=:\\$ \t",
  ...[
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\\n",
    "\\r",
    "\\'",
    '\\"',
    "\\`",
    "# ",
    " #",
    "${A}",
    "$A",
    "$(a)",
  ],
  ...[
    "KEY",
    "A",
    "B_2",
    "c.d",
    "e-f",
    "export",
    "export ",
    "value",
    "=value",
    "KEY=",
    "A='",
    'B="',
  ],
  ...["\u00a0", "é", "😀", "\ufeff", "-----BEGIN KEY-----"],
);
const line = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc
    .tuple(
      fc.constantFrom("", "export ", "  ", "# "),
      fc.constantFrom("KEY", "A", "B_2", "c.d"),
      fc.constantFrom("=", " = ", ": ", "=  "),
      fc.constantFrom("'", '"', "`", ""),
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
      fc.constantFrom("", " ", " # comment", "#", "  "),
    )
    .map(([before, key, mark, quote, inside, after]) =>
      [before, key, mark, quote, inside, quote, after].join(""),
    ),
);
const file = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([lines, end]) => lines.join(end));

/** Where the guide says "one line" we differ: dotenv reads on over the line's end. */
function isReadOver(text: string): boolean {
  const plain = text.replace(/\r\n?/g, "\n");
  return [/[=:]\s*\n\s*['"`]/, /[\w.-]:\n/, /[\w.-]\s*\n\s*(=|:\s)/, /export\s*\n/].some((over) =>
    over.test(plain),
  );
}

const read = (text: string) => readEnvFile(Buffer.from(text), ".env");

function asObject(text: string): Record<string, string> {
  return Object.fromEntries(effectiveEntries(read(text)).map(({ key, value }) => [key, value]));
}

test("any file reads as dotenv reads it", { timeout }, () => {
  fc.assert(
    fc.property(
      file.filter((text) => !isReadOver(text)),
      (text) => {
        expect(asObject(text)).toEqual(parse(Buffer.from(text)));
      },
    ),
    { numRuns: 5000 * times },
  );
});
