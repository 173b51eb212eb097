/** Names with slashes as a tree, one line a row: each with the branches before it. */
import type { Branch } from "./table.ts";

export interface Leaf<Item> {
  /** Its name as AWS has it; a first slash belongs to the first part. */
  readonly name: string;
  readonly item: Item;
}

export interface Line<Item> {
  readonly branch: Branch;
  /** The last part of its name. */
  readonly text: string;
  /** undefined for a path that is no name itself. */
  readonly item: Item | undefined;
}

/** By name, in order; a path and a name that are the same share a line. */
export function drawTree<Item>(leaves: readonly Leaf<Item>[]): Line<Item>[] {
  const root = new Node<Item>();
  for (const { name, item } of leaves) {
    const parts = name.match(/^\/?[^/]*|[^/]+/g) ?? [];
    let node = root;
    for (const part of parts) node = node.child(part);
    node.items.push(item);
  }
  return [...root.lines("")];
}

class Node<Item> {
  readonly #children = new Map<string, Node<Item>>();
  readonly items: Item[] = [];

  child(part: string): Node<Item> {
    const found = this.#children.get(part) ?? new Node<Item>();
    this.#children.set(part, found);
    return found;
  }

  *lines(before: string): Generator<Line<Item>> {
    const children = [...this.#children].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [at, [part, node]] of children.entries()) {
      const isLast = at === children.length - 1;
      const further = `${before}${isLast ? "   " : "│  "}`;
      const branch = { first: `${before}${isLast ? "└─ " : "├─ "}`, further };
      if (node.items.length === 0) yield { branch, text: `${part}/`, item: undefined };
      for (const item of node.items) yield { branch, text: part, item };
      yield* node.lines(further);
    }
  }
}
