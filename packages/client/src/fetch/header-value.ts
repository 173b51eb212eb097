/** How a header is made of a secret: `bearer(token)`, `basic("api", key)`, template`Token ${token}`. */
import { SecretsError } from "../errors.ts";
import { remember } from "../redaction/seen-values.ts";
import type { Reference } from "../reference.ts";

export interface HeaderValue {
  readonly reference: Reference<string>;
  /** The header's value for one value of the secret. Throws SecretsError where it can't be one. */
  render(value: string): string;
}

/** `Bearer TOKEN` (RFC 6750). */
export function bearer(token: Reference<string>): HeaderValue {
  return headerValue(token, (value) => `Bearer ${value}`);
}

/** `Basic …` (RFC 7617), in UTF-8. The user's name is no secret; it may be empty. */
export function basic(username: string, password: Reference<string>): HeaderValue {
  if (username.includes(":")) throw new TypeError("A user's name in Basic has no colon");
  return headerValue(password, (value) => {
    const pair = `${username}:${value}`;
    // So that the header is masked in logs to its last character.
    remember(pair);
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  });
}

/** Any other form, with one reference in it: template`GenieKey ${key}`. */
export function template(
  texts: TemplateStringsArray,
  reference: Reference<string>,
  ...others: never[]
): HeaderValue {
  if (texts.length !== 2 || others.length > 0) throw new TypeError("A template has one reference");
  const [before, after] = texts;
  return headerValue(reference, (value) => `${before}${value}${after}`);
}

/** The bare value, as in `x-api-key: KEY`. */
export function bare(reference: Reference<string>): HeaderValue {
  return headerValue(reference, (value) => value);
}

/** What `fetch` would say of a value that is no header's quotes it, so it is looked at before. */
function headerValue(reference: Reference<string>, render: (value: string) => string): HeaderValue {
  return {
    reference,
    render(value) {
      const rendered = render(value).trim();
      if (/^[\t\x20-\x7e\x80-\xff]*$/.test(rendered)) return rendered;
      throw new SecretsError("Malformed", `${reference.name} can't stand in a header`);
    },
  };
}
