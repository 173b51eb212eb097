/** Which context keys policies ask about: in their variables and their conditions. */
import type { CompiledPolicy, Statement } from "./compile.ts";

const variable = /\$\{\s*([^\s,'{}$*?]+)\s*(?:,[^}]*)?\}/g;

/** As the policies spell them, each once whatever its case, in the order of the documents. */
export function contextKeysOf(
  policies: readonly CompiledPolicy[],
  isWanted: (statement: Statement) => boolean = () => true,
): readonly string[] {
  const keys = new Map<string, string>();
  const add = (key: string) => {
    const folded = key.toLowerCase();
    if (!keys.has(folded)) keys.set(folded, key);
  };
  for (const { elements } of policies.flatMap(({ statements }) => statements.filter(isWanted))) {
    for (const resource of elements.resources ?? []) variablesIn(resource).forEach(add);
    for (const { key, operands } of elements.conditions) {
      add(key);
      for (const operand of operands) variablesIn(operand).forEach(add);
    }
  }
  return [...keys.values()];
}

function variablesIn(text: string): string[] {
  return [...text.matchAll(variable)].map(([, name = ""]) => name);
}
