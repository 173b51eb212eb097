/** What a shape of keys is: how its values look, who issues them, and where that is written. */

export interface KeyShape {
  /** As in a name: `stripe`; empty for what anybody issues. */
  readonly provider: string;
  /** As the provider writes itself. */
  readonly title: string;
  /** Where the shape is written: a page of the provider's, a standard, or a rule of gitleaks. */
  readonly source: string;
  /** In words: `secret key`. */
  readonly what: string;
  /** As in a name: `api_key`. */
  readonly kind: string;
  /** Of the whole value. Its group `mode`, where it has one, holds `live` or `test`. */
  readonly pattern: RegExp;
  /** The provider means it to be seen. */
  readonly isPublic: boolean;
  /** The variable that holds it, where the value's own shape says too little. */
  readonly variable?: RegExp;
}

type Key = Pick<KeyShape, "what" | "kind" | "pattern" | "isPublic">;

export function issuedBy(
  provider: string,
  title: string,
  source: string,
  keys: readonly Key[],
): KeyShape[] {
  return keys.map((key) => ({ provider, title, source, ...key }));
}

/** Those in variables that have one of these words in their names: `DATADOG|DD`. */
export function inVariables(words: string, shapes: readonly KeyShape[]): KeyShape[] {
  const variable = new RegExp(`(^|_)(${words})(_|$)`);
  return shapes.map((shape) => ({ ...shape, variable }));
}

export function secret(what: string, kind: string, pattern: RegExp): Key {
  return { what, kind, pattern, isPublic: false };
}

export function open(what: string, kind: string, pattern: RegExp): Key {
  return { what, kind, pattern, isPublic: true };
}

/** For shapes that the provider itself writes nowhere. */
export function gitleaks(rule: string): string {
  return `https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml (${rule})`;
}
