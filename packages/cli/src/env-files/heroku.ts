/**
 * What `heroku config -s` prints: a line for each variable, quoted in a way of its own, which no
 * shell reads quite so. In single quotes only `\\` is an escape; between double quotes `\n` is a
 * line feed, and a backslash stands before `"`, `\`, `$`, a backtick and `!`.
 */
import type { Found, Quoting, Reading, Remark, Syntax } from "./syntax.ts";

export const heroku: Syntax = { read, spelled };

const line = /^(\w+)=(?:'((?:[^'\\\r\n]|\\.)*)'|"((?:[^"\\\r\n]|\\.)*)"|([^\s'"]*))\r?$/;

/** Every line is as heroku prints it, and one at least shows it by its quotes. */
export function isHerokuOutput(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((each) => each !== "");
  const isPrinted = (each: string) => {
    const value = unquoted(each);
    return value !== undefined && each === `${each.split("=")[0]}=${printed(value)}`;
  };
  return lines.every(isPrinted) && lines.some((each) => /^\w+=['"]/.test(each));
}

function read(text: string): Reading {
  const found: Found[] = [];
  const problems: Remark[] = [];
  for (const { 0: whole, index } of text.matchAll(/[^\r\n]+/g)) {
    const value = unquoted(whole);
    if (value === undefined) {
      if (!/^\s*(#|$)/.test(whole))
        problems.push({ at: index, says: "heroku prints no such line" });
      continue;
    }
    const key = whole.slice(0, whole.indexOf("="));
    const start = index + key.length + 1;
    found.push({
      key,
      value,
      from: index,
      start,
      end: index + whole.length,
      isExported: false,
      quoting: quotingOf(text[start]),
      expansion: undefined,
      comment: undefined,
    });
  }
  return { found, problems };
}

function unquoted(whole: string): string | undefined {
  const [matched, , single, double, bare] = line.exec(whole) ?? [];
  if (matched === undefined) return undefined;
  if (double !== undefined) {
    return double.replace(/\\(.)/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
  }
  return single === undefined ? bare : single.replace(/\\(['\\])/g, "$1");
}

function quotingOf(first: string | undefined): Quoting {
  if (first === "'") return "single";
  return first === '"' ? "double" : "none";
}

function spelled(value: string): string | undefined {
  return value.includes("\r") ? undefined : printed(value);
}

/** As the heroku command quotes it. */
function printed(value: string): string {
  if (/['\n]/.test(value)) {
    return `"${value.replace(/["\\$`!]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  }
  const isPlain = !/["\s#!$&'()*,:;<=>?@[\\\]^`{|}]/.test(value);
  return isPlain ? value : `'${value.replaceAll("\\", "\\\\")}'`;
}
