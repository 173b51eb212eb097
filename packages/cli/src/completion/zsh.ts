/** The completion script for zsh: sourced, or as the file _claviger in a folder of fpath. */
import type { CommandWords, Word } from "./command-words.ts";

export function zshScript(all: readonly CommandWords[]): string {
  const cases = all.map(({ path, commands, options, takesReference }) => {
    const valued = options.filter(({ takesValue }) => takesValue);
    return [
      `    "${path.join(" ")}")`,
      `      commands=(${commands.map(described).join(" ")})`,
      `      options=(${options.map(described).join(" ")})`,
      `      valued=(${valued.map(({ name }) => name).join(" ")})`,
      `      references=${takesReference ? "yes" : ""} ;;`,
    ].join("\n");
  });
  const paths = all.slice(1).map(({ path }) => quoted(path.join(" ")));
  return script(paths.join(" "), cases.join("\n"));
}

function script(paths: string, cases: string): string {
  return `#compdef claviger
# zsh completion of claviger: eval "$(claviger completion zsh)", after compinit
_claviger() {
  local command_path="" word references=""
  local -a known commands options valued found going
  known=(${paths})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if (( \${known[(Ie)\${command_path:+$command_path }$word]} )); then
      command_path=\${command_path:+$command_path }$word
    fi
  done
  case $command_path in
${cases}
  esac
  if (( \${valued[(Ie)\${words[CURRENT-1]}]} )); then
    _files
  elif [[ $PREFIX == -* ]]; then
    _describe option options
  elif (( $#commands )); then
    _describe command commands
  elif [[ -n $references ]]; then
    found=(\${(f)"$(claviger completion --references "$PREFIX" 2> /dev/null)"})
    going=(\${(M)found:#*[/:]})
    compadd -S '' -- $going
    compadd -- \${found:|going}
  else
    _files
  fi
}
if [[ $funcstack[1] == _claviger ]]; then
  _claviger "$@"
else
  compdef _claviger claviger
fi
`;
}

function described({ name, says }: Word): string {
  return quoted(`${name}:${says.replaceAll(":", "\\:")}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
