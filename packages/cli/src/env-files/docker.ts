/**
 * `docker run --env-file`: what stands behind `=` is the value to its last space, quotes included.
 * A name alone passes the caller's own variable on, so it has no value here.
 */
import type { Found, Reading, Remark, Syntax } from "./syntax.ts";

export const docker: Syntax = { read, spelled };

function read(text: string): Reading {
  const found: Found[] = [];
  const problems: Remark[] = [];
  for (const { 0: whole, index } of text.matchAll(/[^\n]+/g)) {
    const line = whole.replace(/\r$/, "");
    const from = index + (line.length - line.trimStart().length);
    const [, name = "", assigned, value = ""] = /^\s*([^=]*)(=(.*))?$/s.exec(line) ?? [];
    if (/^(#|\s*$)/.test(line.trimStart())) continue;
    if (name === "" || /[ \t]/.test(name)) {
      problems.push({ at: from, says: "the name is empty or has spaces: docker refuses the file" });
    } else if (assigned === undefined) {
      problems.push({ at: from, says: `${name} has no value here: docker passes its caller's on` });
    } else {
      const end = index + line.length;
      found.push({
        key: name,
        value,
        from,
        start: end - value.length,
        end,
        isExported: false,
        quoting: "none",
        expansion: undefined,
        comment: undefined,
      });
      if (/^(["'`]).*\1$/s.test(value)) {
        problems.push({ at: from, says: `docker takes the quotes of ${name} for part of it` });
      }
    }
  }
  return { found, problems };
}

/** There is no quoting, so there are no line ends. */
function spelled(value: string): string | undefined {
  return /\n|\r$/.test(value) ? undefined : value;
}
