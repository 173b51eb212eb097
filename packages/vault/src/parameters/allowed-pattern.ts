/**
 * AllowedPattern: the regular expression that a caller gives and the value must match as a whole
 * (each item of a StringList by itself). It is one of Java's, as on AWS; see `java-pattern.ts`.
 *
 * Such a pattern may be hostile, and a backtracking engine can be kept busy for centuries by
 * twenty characters. So it runs in a context of its own that V8 stops after a time that no honest
 * pattern needs on 8 KB, reckoned in time of the processor; what was stopped counts as an invalid pattern, and nothing is stored.
 */
import { createContext, Script } from "node:vm";
import { invalidAllowedPattern, patternMismatch } from "./errors.ts";
import { javaScriptPattern } from "./java-pattern.ts";
import type { ParameterType } from "./records.ts";

const cpuMillisecondsMax = 50;

/** Of this thread; of the whole process on Node 22, which is a little less patient then. */
const cpuUsage = (process.threadCpuUsage ?? process.cpuUsage).bind(process);

/** The pattern is compiled bare first, so that an unbalanced one can't slip out of the group. */
const matching = new Script(`
  new RegExp(source, flags);
  const whole = new RegExp("(?<![^])(?:" + source + ")(?![^])", flags);
  values.every((value) => whole.test(value));
`);

/** Throws unless `value` matches `pattern`; the value is in no message. */
export function checkAllowedPattern(pattern: string, value: string, type: ParameterType): void {
  const values = type === "StringList" ? itemsOf(value) : [value];
  if (!matches(pattern, values)) throw patternMismatch(pattern);
}

/** Java's split, which AWS uses: what is empty behind the last item counts for nothing. */
function itemsOf(list: string): readonly string[] {
  const items = list.split(",");
  return items.slice(0, items.findLastIndex((item) => item !== "") + 1);
}

function matches(pattern: string, values: readonly string[]): boolean {
  const { source, flags } = javaScriptPattern(pattern);
  const before = cpuUsage();
  for (;;) {
    // A fresh context for each attempt: the value doesn't outlive it.
    const context = createContext({ source, flags, values });
    try {
      return matching.runInContext(context, { timeout: cpuMillisecondsMax }) as boolean;
    } catch (error) {
      // V8 counts the time on the wall: on a busy machine an honest pattern may get none of it.
      const isStarved = isTimeout(error) && milliseconds(cpuUsage(before)) < cpuMillisecondsMax;
      if (!isStarved) throw invalidAllowedPattern();
    }
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
