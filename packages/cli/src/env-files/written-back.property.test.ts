/**
 * Files of every format with other values written into them: all but the values stays to the byte,
 * what is read again is exactly what was written, and only what no quoting can hold is refused.
 */
import { parse } from "dotenv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CommandFailure } from "../failure.ts";
import { type EnvFile, type Format, readEnvFile, withValues } from "./env-file.ts";

const times = Number(process.env.PROPERTY_TIMES ?? "1");
const timeout = 20_000 * times;
const numRuns = 1000 * times;

const value = fc.oneof(
  fc.constantFrom("", "ssm:/myapp/production/stripe/key", "secretsmanager:prod/stripe#key"),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\0", "")),
  fc
    .array(
      fc.constantFrom(..."'\"`#$\\ \t=:!n\n\r{}[]*&-~%,?", "a", "é", "😀", "\u2028", "\\n", "null"),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join("")),
);

const end = fc.constantFrom("\n", "\r\n");
const joined = (line: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom("", "\uFEFF"),
      fc.array(line, { minLength: 1, maxLength: 6 }),
      end,
      fc.boolean(),
    )
    .map(([mark, lines, eol, isEnded]) => mark + lines.join(eol) + (isEnded ? eol : ""));

const key = fc.constantFrom("A", "B", "STRIPE_KEY", "db");
const lines: Readonly<Record<Format, fc.Arbitrary<string>>> = {
  dotenv: joined(
    fc.oneof(
      fc.constantFrom("", "# comment", "  # OLD=1", "words", "M='two\nlines' # m", 'N="\n"'),
      fc
        .tuple(
          fc.constantFrom("", "export ", "  "),
          key,
          fc.constantFrom("=", " = ", ": "),
          fc.constantFrom(
            "",
            "plain",
            "'single'",
            '"double\\n"',
            "`back`",
            "it's",
            '"open',
            "'a' b",
          ),
          fc.constantFrom("", " ", " # comment", "#tight"),
        )
        .map((parts) => parts.join("")),
    ),
  ),
  shell: joined(
    fc.oneof(
      fc.constantFrom("", "# comment", "set -a", "export A", "echo $(date)", "if true; then", "fi"),
      fc
        .tuple(
          fc.constantFrom("", "export ", "  "),
          key,
          fc.constantFrom(
            "",
            "plain",
            "'single'",
            '"double \\" $HOME"',
            "a'b'\"c\"",
            "$'t\\n'",
            "a\\ b",
          ),
          fc.constantFrom("", " ", " # comment", "; B=2", " C='x'"),
        )
        .map(([before, name, text, after]) => `${before}${name}=${text}${after}`),
    ),
  ),
  docker: joined(
    fc.oneof(
      fc.constantFrom("", "# comment", "PASSED_ON", "two words=1"),
      fc
        .tuple(key, fc.constantFrom("", "plain", "'quoted'", " a = b "))
        .map(([k, v]) => `${k}=${v}`),
    ),
  ),
  heroku: joined(
    fc.tuple(key, fc.constantFrom("", "plain", "'a b'", '"it\'s\\n"')).map(([k, v]) => `${k}=${v}`),
  ),
  json: fc
    .tuple(
      fc.jsonValue({ maxDepth: 3 }),
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(0, 2, "\t"),
    )
    .map(([one, other, space]) => JSON.stringify({ one, "": other, B: "x" }, undefined, space)),
  yaml: joined(
    fc.oneof(
      fc.constantFrom(
        "",
        "# comment",
        "nested:\n  key: deep # why\n  other: 'x'",
        "list:\n  - one\n  - two",
      ),
      fc.constantFrom("kept: &anchor 1", "flow: {a: 1, b: [x, 'y']}", "block: |\n  two\n  lines"),
      fc
        .tuple(
          key,
          fc.constantFrom(
            "",
            " plain",
            " 'single'",
            ' "double\\n"',
            " 08",
            " yes",
            " ~",
            " >-\n  folded\n  text",
          ),
        )
        .map(([name, text]) => `${name}:${text}`),
    ),
  ).filter((text) => /^\uFEFF?\w/m.test(text)),
};

/** Lines that a quote which is left open would run into. */
const quotesBelow = "\n'\n\"\n`\n";

/** Whether some way to write it is there at all, by what each format's own reader makes of it. */
const canHold: Readonly<Record<Format, (text: string) => boolean>> = {
  dotenv: (text) =>
    [text, text.replaceAll("\n", "\\n").replaceAll("\r", "\\r")]
      .flatMap((body) => ["", "'", '"', "`"].map((quote) => `A=${quote}${body}${quote}`))
      .some((line) => parse(line + quotesBelow).A === text),
  docker: (text) => !/\n|\r$/.test(text),
  heroku: (text) => !text.includes("\r"),
  shell: () => true,
  json: () => true,
  yaml: () => true,
};

/** The file's text with anything in place of its values. */
function around({ text, entries }: EnvFile): RegExp {
  const parts = [...entries, undefined].map((entry, index) =>
    RegExp.escape(text.slice(entries[index - 1]?.end ?? 0, entry?.start)),
  );
  return new RegExp(`^${parts.join("[^]*?")}$`);
}

for (const [format, file] of Object.entries(lines) as [Format, fc.Arbitrary<string>][]) {
  test(`a ${format} file is the same but for its values`, { timeout }, () => {
    fc.assert(
      fc.property(file, fc.array(fc.option(value), { maxLength: 8 }), (text, given) => {
        const before = readEnvFile(Buffer.from(text), "file", format);
        const values = new Map(
          before.entries.flatMap((entry, index) => {
            const next = given[index];
            return typeof next === "string" ? [[entry, next] as const] : [];
          }),
        );
        // A quote that somebody left open may run into one that is new.
        const isOpen = before.problems.some(({ says }) => says.includes("not closed"));
        const isPossible = !isOpen && [...values.values()].every(canHold[format]);
        let bytes: Uint8Array;
        try {
          bytes = withValues(before, values);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandFailure);
          expect(isPossible).toBe(false);
          return;
        }
        const after = readEnvFile(bytes, "file", format);
        expect(after.entries.map((entry) => entry.value)).toEqual(
          before.entries.map((entry) => values.get(entry) ?? entry.value),
        );
        expect(after.text).toMatch(around(before));
      }),
      { numRuns },
    );
  });
}
