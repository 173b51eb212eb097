/** A shell's words, against the shell itself. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readEnvFile } from "./env-file.ts";

/** Words that expand to nothing but themselves. */
const plain = fc.stringMatching(/^[A-Za-z0-9_@%+=:,./#!*?{}[\]^-]{1,4}$/);
const piece = fc.oneof(
  plain,
  fc.stringMatching(/^[ -~\n\t]{0,5}$/).map((text) => `'${text.replaceAll("'", "")}'`),
  fc.stringMatching(/^[ -~\n\t]{0,5}$/).map((text) => `"${text.replace(/[\\"$`]/g, "\\$&")}"`),
  fc.stringMatching(/^[a-z ]{1,3}$/).map((text) => `"\\${text}\\\\"`),
  fc.stringMatching(/^[ -~]$/).map((character) => `\\${character}`),
  fc.constantFrom("\\\n", '"a\\\nb"', "\\'", "é", "''", '""'),
);
const word = fc
  .array(piece, { maxLength: 5 })
  .map((pieces) => pieces.join(""))
  // A brace or a comment sign may begin something of the shell's.
  .filter((text) => !/^[#~]/.test(text));
const line = fc.tuple(
  fc.constantFrom("", "export ", "  ", "export  \\\n "),
  word,
  fc.constantFrom("", " # it's a comment", "; ", "\t"),
);

test("words are what sh makes of them", () => {
  const lines = fc.sample(line, 300).map(([before, text, after], index) => {
    return `${before}V${index}=${text}${after}\n`;
  });
  const file = lines.join("");
  const printing = lines.map((_, index) => `printf '%s\\0' "$V${index}"\n`).join("");
  const { stdout, stderr } = spawnSync("sh", ["-s"], { input: file + printing, encoding: "utf8" });
  expect(stderr).toBe("");
  const { entries, problems } = readEnvFile(Buffer.from(file), "file.sh");
  expect(problems).toEqual([]);
  expect(entries.map(({ value }) => value)).toEqual(stdout.split("\0").slice(0, -1));
});
