/**
 * Holds a raw reply against AWS's model of it, which the AWS SDK carries as its schemas: a member
 * the model doesn't have, a required one that is missing, a list spelled otherwise, a value of
 * another type. The SDK itself ignores what it doesn't know, so it can't tell.
 */

/** A scalar's number, a list or map of scalars (64 or 128 and the scalar), or a whole schema. */
type Reference = number | "unit" | Schema | readonly [Reference, unknown] | (() => Reference);
type Schema = readonly [kind: number, namespace: string, name: string, ...rest: unknown[]];

const simple = 0;
const list = 1;
const map = 2;
const structure = 3;
const listOf = 64;
const mapOf = 128;
const string = 0;
const numeric = 1;
const boolean = 2;
const timestamp = 4;
const blob = 21;

/** An element of XML: its name, and its children or its text. */
interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

/** What of a successful reply to `operation`, a schema `GetUser$` of the SDK, AWS wouldn't send. */
export function misfits(operation: unknown, body: string): string[] {
  const [, , name, , , output] = operation as Schema & { readonly 5: Reference };
  const expected = resolved(output);
  const found: string[] = [];
  if (body.startsWith("<")) {
    const [response] = elements(body);
    const result = response?.children.find((child) => child.name === `${name}Result`);
    if (response?.name !== `${name}Response`) found.push(`${name}: is called ${response?.name}`);
    if ((result === undefined) !== (expected === "unit")) found.push(`${name}: result or none`);
    if (result !== undefined) inXml(expected, result, name, found);
  } else if (expected === "unit") {
    if (body !== "" && body !== "{}") found.push(`${name}: has a body`);
  } else {
    inJson(expected, JSON.parse(body), name, found);
  }
  return found;
}

function inXml(expected: Reference, element: Element, path: string, found: string[]): void {
  const { children, text } = element;
  const { members, item, isMap, scalar } = parts(expected);
  if (members !== undefined) {
    checkNames(
      members,
      children.map(({ name }) => name),
      path,
      found,
    );
    for (const child of children) {
      const member = members.types.get(child.name);
      if (member !== undefined) inXml(member, child, `${path}.${child.name}`, found);
    }
  } else if (item !== undefined) {
    const wanted = isMap ? "entry" : "member";
    for (const child of children) {
      const value = isMap ? child.children.find(({ name }) => name === "value") : child;
      if (child.name !== wanted || value === undefined) found.push(`${path}[]: has ${child.name}`);
      else inXml(item, value, `${path}[]`, found);
    }
    if (text.trim() !== "") found.push(`${path}: is no list`);
  } else if (children.length > 0 || !textForms.get(scalar ?? string)?.test(text)) {
    found.push(`${path}: ${text}`);
  }
}

const textForms: ReadonlyMap<number, RegExp> = new Map([
  [string, /^/],
  [numeric, /^-?\d+(\.\d+)?$/],
  [boolean, /^(true|false)$/],
  [timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
  [blob, /^[A-Za-z0-9+/]+={0,2}$/],
]);

function inJson(expected: Reference, value: unknown, path: string, found: string[]): void {
  const { members, item, scalar } = parts(expected);
  if (value === null) {
    found.push(`${path}: is null`);
  } else if (members !== undefined) {
    checkNames(members, Object.keys(value as object), path, found);
    for (const [name, each] of Object.entries(value as object)) {
      const member = members.types.get(name);
      if (member !== undefined) inJson(member, each, `${path}.${name}`, found);
    }
  } else if (item !== undefined) {
    for (const each of Object.values(value as object)) inJson(item, each, `${path}[]`, found);
  } else if (!isOfType(scalar ?? string, value)) {
    found.push(`${path}: ${JSON.stringify(value)}`);
  }
}

function isOfType(scalar: number, value: unknown): boolean {
  if (scalar === numeric || scalar === timestamp) return typeof value === "number";
  if (scalar === boolean) return typeof value === "boolean";
  return (
    typeof value === "string" && (scalar !== blob || (textForms.get(blob)?.test(value) ?? false))
  );
}

interface Members {
  readonly types: ReadonlyMap<string, Reference>;
  readonly required: readonly string[];
}

function checkNames(
  { types, required }: Members,
  names: readonly string[],
  path: string,
  found: string[],
): void {
  for (const name of names) if (!types.has(name)) found.push(`${path}: has ${name}`);
  for (const name of required) if (!names.includes(name)) found.push(`${path}: lacks ${name}`);
  if (new Set(names).size < names.length) found.push(`${path}: has a member twice`);
}

/** What a schema is made of: members, or items, or nothing but a scalar. */
function parts(reference: Reference): {
  readonly members?: Members;
  readonly item?: Reference;
  readonly isMap?: boolean;
  readonly scalar?: number;
} {
  const schema = resolved(reference);
  if (schema === "unit") return {};
  if (typeof schema === "number") {
    if (schema >= mapOf) return { item: schema - mapOf, isMap: true };
    return schema >= listOf ? { item: schema - listOf } : { scalar: schema };
  }
  const [kind, , , , first, second, requiredCount = 0] = schema;
  if (kind === simple) return parts(first as Reference);
  if (kind === list) return { item: first as Reference };
  if (kind === map) return { item: second as Reference, isMap: true };
  if (kind !== structure) throw new Error(`a schema of kind ${kind}`);
  const names = first as readonly string[];
  const types = second as readonly Reference[];
  return {
    members: {
      types: new Map(names.map((name, at) => [name, types[at] ?? string])),
      required: names.slice(0, requiredCount as number),
    },
  };
}

/** Without the function and the traits around it. */
function resolved(reference: Reference): number | "unit" | Schema {
  if (typeof reference === "function") return resolved(reference());
  if (typeof reference === "object" && reference.length === 2) return resolved(reference[0]);
  return reference as number | "unit" | Schema;
}

/** The elements of XML as the vault writes it: no attribute but the namespace, no comment. */
function elements(xml: string): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < xml.length; ) {
    const name = /^<([A-Za-z]+)/.exec(xml.slice(at))?.[1];
    if (name === undefined) break;
    const end = endOf(xml, at, name);
    const inner = xml.slice(xml.indexOf(">", at) + 1, end - `</${name}>`.length);
    const children = inner.startsWith("<") ? elements(inner) : [];
    found.push({ name, children, text: children.length > 0 ? "" : inner });
    at = end;
  }
  return found;
}

function endOf(xml: string, start: number, name: string): number {
  const tags = new RegExp(`<(/?)${name}(?: [^>]*)?>`, "g");
  tags.lastIndex = start;
  let depth = 0;
  for (let tag = tags.exec(xml); tag !== null; tag = tags.exec(xml)) {
    depth += tag[1] === "/" ? -1 : 1;
    if (depth === 0) return tags.lastIndex;
  }
  throw new Error(`<${name}> has no end`);
}
