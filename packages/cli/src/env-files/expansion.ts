/** What a shell, or a program with dotenv-expand, would put something else for. Nobody guesses what. */

/** The first `$NAME`, `${…}` or `$(…)`, as written; a backslash before it makes it text. */
export function firstExpansion(text: string): string | undefined {
  return /(?<!\\)\$(?:\{[^}]*\}?|\([^)]*\)?|[A-Za-z_]\w*)/.exec(text)?.[0];
}
