/** Policy documents as IAM's JSON has them, and how they are printed. */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Id?: string;
  readonly Statement: readonly Statement[];
}

/** A stored document, whose statements may be one or a list. */
export function parseDocument(text: string): PolicyDocument {
  const { Statement, ...rest } = JSON.parse(text);
  return { ...rest, Statement: listOf(Statement) };
}

export function printDocument(document: PolicyDocument | Statement): string {
  return JSON.stringify(document, undefined, 2);
}

/** JSON's "one or a list of them" as a list. */
export function listOf<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as Item];
}

/** A list as policies are written by hand: one item stands alone. */
export function oneOrMany<Item>(items: readonly Item[]): Item | readonly Item[] {
  const [first, ...others] = items;
  return first !== undefined && others.length === 0 ? first : items;
}
