/**
 * AWS Query's flat parameters put back together: `Tags.member.1.Key=a` becomes `{ Tags: [{ Key:
 * "a" }] }`. The shape leads, so that what it doesn't declare is ignored and depth is bounded by it.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
import { ApiError } from "../errors.ts";
import type { Kind, Shape } from "../shapes/shapes.ts";
import type { QueryParameters } from "./query-parameters.ts";

export function readParameters(parameters: QueryParameters, shape: Shape<unknown>): unknown {
  return readStructure(treeOf(parameters), shape) ?? {};
}

/** One segment of the dotted names: its own value, and what lies below. */
interface Node {
  value: string | undefined;
  below: Map<string, Node> | undefined;
}

// No input of any AWS Query service nests deeper; what does is not declared by any shape.
const segmentsMax = 16;

function treeOf(parameters: QueryParameters): Node {
  const root: Node = { value: undefined, below: undefined };
  for (const [name, value] of parameters) {
    const segments = name.split(".", segmentsMax + 1);
    if (segments.length > segmentsMax) throw malformed("A parameter's name has too many parts.");
    let node = root;
    for (const segment of segments) {
      node.below ??= new Map();
      let next = node.below.get(segment);
      if (next === undefined) {
        next = { value: undefined, below: undefined };
        node.below.set(segment, next);
      }
      node = next;
    }
    node.value = value;
  }
  return root;
}

function read(node: Node, shape: Shape<unknown>): unknown {
  // Whatever form it has on the wire: that it is there at all is what gets it refused.
  if (shape.refusal !== undefined) return node.value ?? "";
  switch (shape.kind) {
    case "structure":
      return readStructure(node, shape);
    case "list":
      return readList(node, shape.member as Shape<unknown>);
    case "map":
      return readMap(node, shape.member as Shape<unknown>);
    default:
      return node.value === undefined ? undefined : readScalar(node.value, shape.kind);
  }
}

function readScalar(text: string, kind: Kind): unknown {
  if (kind === "integer") {
    // AWS has no words for it.
    if (!/^[+-]?\d{1,15}$/.test(text)) throw malformed("");
    return Number(text);
  }
  if (kind === "boolean") {
    if (text === "true" || text === "1") return true;
    if (text === "false" || text === "0") return false;
    if (text === "") throw malformed("missing value for boolean type");
    throw malformed("boolean must follow xsd1.1 definition");
  }
  if (kind === "timestamp" && !/^\d{4}-\d\d-\d\d(T|$)/.test(text)) {
    throw malformed("timestamp must follow ISO8601");
  }
  return text;
}

function readStructure({ below }: Node, { members }: Shape<unknown>): unknown {
  if (below === undefined) return undefined;
  const structure: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members ?? {})) {
    const node = below.get(name);
    const value = node && read(node, member);
    if (value !== undefined) structure[name] = value;
  }
  return structure;
}

/** `X.member.1`, in the order of the numbers whatever gaps they leave; `X=` is the empty list. */
function readList(node: Node, member: Shape<unknown>): unknown {
  const items = node.below?.get("member")?.below ?? node.below;
  if (items === undefined) return node.value === "" ? [] : node.value;
  return inOrder(items).map((item) => read(item, member));
}

/** `X.entry.1.key` and `X.entry.1.value`. */
function readMap(node: Node, member: Shape<unknown>): unknown {
  const entries = node.below?.get("entry")?.below ?? node.below;
  if (entries === undefined) return node.value === "" ? {} : node.value;
  return Object.fromEntries(
    inOrder(entries).map(({ below }) => {
      const key = below?.get("key")?.value;
      const value = below?.get("value");
      if (key === undefined || value === undefined) throw malformed("A map's entry is incomplete.");
      return [key, read(value, member)];
    }),
  );
}

function inOrder(items: ReadonlyMap<string, Node>): Node[] {
  const numbered: [number, Node][] = [];
  for (const [position, node] of items) {
    if (!/^[1-9]\d{0,8}$/.test(position)) throw malformed("A list's member has no number.");
    numbered.push([Number(position), node]);
  }
  return numbered.sort(([a], [b]) => a - b).map(([, node]) => node);
}

function malformed(message: string): ApiError {
  return new ApiError("MalformedInput", message);
}
