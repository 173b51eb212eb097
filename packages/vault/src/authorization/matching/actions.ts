/** Action and NotAction: names with wildcards, compared without case. */
import { glob, type Matcher, tokensOf } from "./glob.ts";

/** Whether the element speaks about an action such as "secretsmanager:GetSecretValue". */
export function compileActions(patterns: readonly string[], isNotAction: boolean): Matcher {
  const folded = patterns.map((pattern) => pattern.toLowerCase());
  const isPattern = (name: string) => /[*?]/.test(name);
  const exact = new Set(folded.filter((name) => !isPattern(name)));
  const globs = folded.filter(isPattern).map((name) => glob(tokensOf(name)));
  return (action) => {
    const name = action.toLowerCase();
    const isListed = exact.has(name) || globs.some((matches) => matches(name));
    return isListed !== isNotAction;
  };
}
