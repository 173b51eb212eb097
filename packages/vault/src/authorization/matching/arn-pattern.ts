/**
 * ARN patterns: six parts between colons, the last with whatever colons it has. A wildcard stays
 * within its part, but in a Resource element a `*` that ends a part may run on past the colon.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
import { anyText, glob, type Matcher, type Token } from "./glob.ts";

const partsOfAnArn = 6;

/** For Resource and NotResource. What an incomplete ARN lacks may be anything, as on AWS. */
export function resourcePattern(tokens: readonly Token[]): Matcher {
  if (isStar(tokens)) return () => true;
  const parts = completed(partsOf(tokens));
  // Where no wildcard is held back by a colon, which is nearly always, the whole is one glob.
  const isFree = parts.slice(0, -1).every(([...part]) => {
    if (part.at(-1) === anyText) part.pop();
    return part.every((token) => typeof token === "string");
  });
  return isFree
    ? glob(parts.flatMap((part, at) => (at === 0 ? part : [":", ...part])))
    : held(parts);
}

/** For the Arn condition operators: each part is compared on its own. */
export function arnLikePattern(tokens: readonly Token[]): Matcher {
  if (isStar(tokens)) return () => true;
  const parts = partsOf(tokens);
  if (parts.length < partsOfAnArn && tokens.at(-1) !== anyText) return () => false;
  const matchers = completed(parts).map(glob);
  return (text) => {
    let at = 0;
    return matchers.every((matches, part) => {
      const colon = part === partsOfAnArn - 1 ? text.length : text.indexOf(":", at);
      const fits = colon !== -1 && matches(text.slice(at, colon));
      at = colon + 1;
      return fits;
    });
  };
}

/**
 * Walks text and pattern part by part. Where a part fails, the last `*` that may run on takes one
 * part more: as with a glob, it is enough to remember the last one, so time stays quadratic.
 */
function held(tokens: readonly Token[][]): Matcher {
  const parts = tokens.map((part) => ({ matches: glob(part), runsOn: part.at(-1) === anyText }));
  return (text) => {
    let part = 0;
    let at = 0;
    let run: { part: number; colon: number } | undefined;
    for (;;) {
      const isLast = part === parts.length - 1;
      const colon = isLast ? text.length : text.indexOf(":", at);
      const expected = parts[part];
      if (colon !== -1 && expected?.matches(text.slice(at, colon))) {
        if (isLast) return true;
        part += 1;
        at = colon + 1;
        if (expected.runsOn) run = { part, colon };
        continue;
      }
      const next = run === undefined ? -1 : text.indexOf(":", run.colon + 1);
      if (run === undefined || next === -1) return false;
      run.colon = next;
      part = run.part;
      at = next + 1;
    }
  };
}

function isStar(tokens: readonly Token[]): boolean {
  return tokens.length === 1 && tokens[0] === anyText;
}

function completed(parts: readonly Token[][]): Token[][] {
  const missing = Math.max(0, partsOfAnArn - parts.length);
  return [...parts, ...Array.from({ length: missing }, (): Token[] => [anyText])];
}

function partsOf(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    let rest = token;
    while (typeof rest === "string" && parts.length < partsOfAnArn) {
      const colon = rest.indexOf(":");
      if (colon === -1) break;
      if (colon > 0) parts.at(-1)?.push(rest.slice(0, colon));
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    if (rest !== "") parts.at(-1)?.push(rest);
  }
  return parts;
}
