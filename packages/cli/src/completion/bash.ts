/** The completion script for bash, from 3.2 on: macOS has no newer one. */
import type { CommandWords } from "./command-words.ts";

export function bashScript(all: readonly CommandWords[]): string {
  const cases = all.map(({ path, commands, options, takesReference }) => {
    const valued = options.filter(({ takesValue }) => takesValue).map(({ name }) => name);
    return [
      `    "${path.join(" ")}")`,
      `      commands="${commands.map(({ name }) => name).join(" ")}"`,
      `      options="${options.map(({ name }) => name).join(" ")}"`,
      `      valued=" ${valued.join(" ")} "`,
      `      references=${takesReference ? "yes" : ""} ;;`,
    ].join("\n");
  });
  const paths = all.slice(1).map(({ path }) => `"${path.join(" ")}"`);
  return script(paths.join("|"), cases.join("\n"));
}

/** Readline takes `:` for the end of a word, so what stands before the last one is taken off. */
function script(paths: string, cases: string): string {
  return `# bash completion of claviger: eval "$(claviger completion bash)"
_claviger() {
  local line=\${COMP_LINE:0:COMP_POINT} path="" previous="" current="" word next
  local commands="" options="" valued="" references=""
  local -a words
  read -ra words <<< "$line"
  case $line in
    *[[:space:]]) ;;
    *) current=\${words[\${#words[@]}-1]}; unset "words[\${#words[@]}-1]" ;;
  esac
  for word in "\${words[@]:1}"; do
    previous=$word
    next=\${path:+$path }$word
    case $next in
      ${paths}) path=$next ;;
    esac
  done
  case $path in
${cases}
  esac
  COMPREPLY=()
  case $valued in
    *" $previous "*) [ -n "$previous" ] && return ;;
  esac
  case $current in
    -*) COMPREPLY=($(compgen -W "$options" -- "$current")); return ;;
  esac
  if [ -n "$commands" ]; then
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  elif [ -n "$references" ]; then
    local IFS=$'\\n'
    COMPREPLY=($(claviger completion --references "$current" 2> /dev/null))
    case \${COMPREPLY[0]-} in
      */|*:) compopt -o nospace 2> /dev/null ;;
    esac
    case $COMP_WORDBREAKS in
      *:*) COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}") ;;
    esac
  fi
}
complete -o default -F _claviger claviger
`;
}
