/**
 * Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`,
 * `${?}` and `${$}`. What a variable gives is text, never pattern: a `*` in a tag is a star.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import { type KeyReader, keyReader } from "../conditions/keys.ts";
import type { RequestContext } from "../request-context.ts";
import { type Matcher, type Token, tokensOf } from "./glob.ts";

/** Patterns of a policy, ready to be asked about a text in the course of a request. */
export type Pattern = (text: string, request: RequestContext) => boolean;

export interface TemplateOptions {
  /** Documents of version 2008-10-17 have no variables: `${…}` is text there. */
  readonly hasVariables: boolean;
  /** False for StringEquals and its kin, where `*` is a star. */
  readonly hasWildcards: boolean;
}

interface Variable {
  readonly read: KeyReader;
  readonly fallback: string | undefined;
}

/**
 * Whether a text fits any of the patterns. Each is made by `build`: once where it has no
 * variables, otherwise for each request. undefined if a variable is malformed.
 */
export function compileTemplates(
  texts: readonly string[],
  options: TemplateOptions,
  build: (tokens: readonly Token[]) => Matcher,
): Pattern | undefined {
  const fixed: Matcher[] = [];
  const templates: (readonly (Token | Variable)[])[] = [];
  for (const text of texts) {
    const parts = options.hasVariables ? partsOf(text, options) : tokens(text, options);
    if (parts === undefined) return undefined;
    if (parts.every(isToken)) fixed.push(build(joined(parts)));
    else templates.push(parts);
  }
  return (candidate, request) => {
    for (const matches of fixed) if (matches(candidate)) return true;
    for (const parts of templates) {
      const filled = fill(parts, request);
      if (filled !== undefined && build(filled)(candidate)) return true;
    }
    return false;
  };
}

function partsOf(text: string, options: TemplateOptions): (Token | Variable)[] | undefined {
  const parts: (readonly (Token | Variable)[])[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf("${", at);
    if (start === -1) break;
    const end = text.indexOf("}", start);
    if (end === -1) return undefined;
    const part = variable(text.slice(start + 2, end));
    if (part === undefined) return undefined;
    parts.push(tokens(text.slice(at, start), options), [part]);
    at = end + 1;
  }
  return [...parts, tokens(text.slice(at), options)].flat();
}

function tokens(text: string, { hasWildcards }: TemplateOptions): Token[] {
  if (hasWildcards) return tokensOf(text);
  return text === "" ? [] : [text];
}

function variable(inside: string): string | Variable | undefined {
  if (inside === "*" || inside === "?" || inside === "$") return inside;
  const form = /^\s*([^\s,'{}$]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside);
  if (form?.[1] === undefined) return undefined;
  return { read: keyReader(form[1]), fallback: form[2] };
}

/**
 * undefined where a variable has no single value: there is nothing equal to it or like it. An
 * empty tag is no value: else `team-${aws:PrincipalTag/team}*` would stand for every team.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
 */
function fill(parts: readonly (Token | Variable)[], request: RequestContext): Token[] | undefined {
  const filled: Token[] = [];
  for (const part of parts) {
    if (isToken(part)) {
      filled.push(part);
    } else {
      const value = part.read(request) || part.fallback;
      if (typeof value !== "string") return undefined;
      filled.push(value);
    }
  }
  return joined(filled);
}

/** Neighbouring literals as one, so that literal text is recognised by a single token. */
function joined(parts: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string")
      result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

function isToken(part: Token | Variable): part is Token {
  return typeof part !== "object";
}
