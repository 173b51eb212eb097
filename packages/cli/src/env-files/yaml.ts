/**
 * YAML maps of variables. Maps and lists inside are walked: the key is the path, by dots. Numbers
 * and words are taken as they are written, since a variable is text: `08` and `yes` stay so.
 */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Node,
  parseDocument,
  type Scalar,
} from "yaml";
import { CommandFailure } from "../failure.ts";
import { linesOf } from "./lines.ts";
import type { Found, Quoting, Reading, Remark, Syntax } from "./syntax.ts";

export const yaml: Syntax = { read, spelled };

function read(text: string, name: string): Reading {
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    throw error.code === "MULTIPLE_DOCS"
      ? new CommandFailure(`${name} holds several YAML documents`, "give a file with one map")
      : new CommandFailure(
          `${name} is not YAML (line ${linesOf(text)(error.pos[0])})`,
          "check it with another tool, or name its format",
        );
  }
  if (!isMap(document.contents)) {
    throw new CommandFailure(`${name} is no map of variables`, "give a YAML map: NAME: value");
  }
  const walk = new Walk(text, document);
  walk.node(document.contents, [], 0);
  for (const { pos } of document.warnings) {
    walk.problems.push({ at: pos[0], says: "a YAML tag that means nothing here; read without it" });
  }
  return walk;
}

class Walk implements Reading {
  readonly found: Found[] = [];
  readonly problems: Remark[] = [];
  readonly #text: string;
  readonly #document: Document;

  constructor(text: string, document: Document) {
    this.#text = text;
    this.#document = document;
  }

  node(node: Node | null, path: readonly string[], from: number): void {
    const key = path.join(".");
    if (isCollection(node)) {
      for (const [index, item] of node.items.entries()) this.#item(item, path, index);
    } else if (isScalar(node)) {
      this.#entry(node, node, key, from);
    } else if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (isScalar(target)) this.#entry(node, target, key, from);
      else this.problems.push({ at: from, says: `${key} is merged from elsewhere; skipped` });
    }
  }

  #item(item: unknown, path: readonly string[], index: number): void {
    if (!isPair(item)) {
      const node = item as Node;
      this.node(node, [...path, String(index)], node.range?.[0] ?? 0);
      return;
    }
    const { key, value } = item;
    const at = (key as Node).range?.[0] ?? 0;
    if (isScalar(key)) this.node(value as Node | null, [...path, written(key)], at);
    else this.problems.push({ at, says: "the key is no text; skipped" });
  }

  /** Where `node` stands, with the value that `scalar` has. */
  #entry(node: Node, scalar: Scalar, key: string, from: number): void {
    const [start = 0, end = 0] = node.range ?? [];
    const value = scalar.type === "PLAIN" && scalar.value === null ? "" : written(scalar);
    const isEmpty = start === end;
    // Nothing stands behind the colon but spaces, which a new value follows.
    const afterMark = this.#text.slice(0, start).trimEnd().length;
    this.found.push({
      key,
      value,
      from,
      start: isEmpty ? afterMark : start,
      end: isEmpty ? afterMark : start + this.#text.slice(start, end).trimEnd().length,
      isExported: false,
      quoting: quotingOf(scalar),
      expansion: isAlias(node) ? `*${node.source}` : undefined,
      comment: node.comment?.trim(),
    });
  }
}

/** A plain scalar as it stands there; others are strings anyway. */
function written({ type, source, value }: Scalar): string {
  return type === "PLAIN" && source !== undefined ? source : String(value);
}

function quotingOf({ type }: Scalar): Quoting {
  if (type === "QUOTE_SINGLE") return "single";
  if (type === "QUOTE_DOUBLE") return "double";
  return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED" ? "block" : "none";
}

/** Bare only where no reader of YAML could take it for anything but text. */
function spelled(value: string, quoting: Quoting, before: string): string {
  const gap = before === "" ? " " : "";
  if (quoting === "single" && /^[\x20-\x7e]*$/.test(value)) {
    return `${gap}'${value.replaceAll("'", "''")}'`;
  }
  const isPlain = quoting !== "double" && /^[a-z]+:[\w/.@+=-]+(#[\w.-]+)?$/i.test(value);
  return gap + (isPlain ? value : quoted(value));
}

/** JSON's strings are YAML's, but for what YAML wants escaped as well. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
