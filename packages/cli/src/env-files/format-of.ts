/** Which format a file of variables has, by its name first and then by what stands in it. */
import type { Format } from "./env-file.ts";
import { isHerokuOutput } from "./heroku.ts";

const byName: readonly (readonly [RegExp, Format])[] = [
  [/\.jsonc?$/i, "json"],
  [/\.ya?ml$/i, "yaml"],
  [/(^|\/)\.env(\.[^/]*)?$/i, "dotenv"],
  [/(^|\/)(\.envrc|\.?(bash|zsh)(rc|_profile|env)|\.?profile)$|\.(ba|z|k)?sh$/i, "shell"],
  [/\.list$/i, "docker"],
];

/** Where neither says otherwise, a file is dotenv. */
export function formatOf(name: string, text: string): Format {
  const named = byName.find(([pattern]) => pattern.test(name));
  return named?.[1] ?? byContent(text);
}

function byContent(text: string): Format {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^#(?!!)/.test(line));
  const [first = ""] = lines;
  if (first.startsWith("{")) return "json";
  if (first.startsWith("#!") || lines.some(isShellOnly)) return "shell";
  if (isHerokuOutput(text)) return "heroku";
  const isMap = /^(---|["']?[\w.-]+["']?:(\s|$))/.test(first);
  return isMap && !lines.some((line) => /^(export\s+)?\w+=/.test(line)) ? "yaml" : "dotenv";
}

/** As `export -p` and scripts have them: a quote continued outside of quotes, or bash's own. */
function isShellOnly(line: string): boolean {
  return /^(declare -x|export) \w+=/.test(line) && /'\\''|=\$'|^declare/.test(line);
}
