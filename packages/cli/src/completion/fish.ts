/** The completion script for fish, as ~/.config/fish/completions/claviger.fish. */
import type { CommandWords } from "./command-words.ts";

export function fishScript(all: readonly CommandWords[]): string {
  const paths = all.slice(1).map(({ path }) => quoted(path.join(" ")));
  return `# fish completion of claviger: claviger completion fish > ~/.config/fish/completions/claviger.fish
set -g __claviger_commands ${paths.join(" ")}
function __claviger_at
    set -l path
    for word in (commandline -opc)[2..]
        set -l next (string trim -- "$path $word")
        contains -- $next $__claviger_commands; and set path $next
    end
    test "$path" = "$argv[1]"
end
function __claviger_references
    claviger completion --references (commandline -ct) 2>/dev/null
end
complete -c claviger -f -n '__claviger_at ""'
${all.flatMap(linesOf).join("\n")}
`;
}

function linesOf({ path, commands, options, takesReference }: CommandWords): string[] {
  const at = `complete -c claviger -n ${quoted(`__claviger_at "${path.join(" ")}"`)}`;
  return [
    ...commands.map(({ name, says }) => `${at} -f -a ${quoted(name)} -d ${quoted(says)}`),
    ...options.map(
      ({ name, says, takesValue }) =>
        `${at} -l ${quoted(name.replace(/^--/, ""))}${takesValue ? " -r" : ""} -d ${quoted(says)}`,
    ),
    ...(takesReference ? [`${at} -f -a '(__claviger_references)'`] : []),
  ];
}

/** Fish knows two escapes inside of single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
