/** A flame graph of a CPU profile as an SVG that needs nothing but a browser. */
import { type CpuProfile, idle, layersOf, type ProfileNode } from "./profile.ts";

const width = 1600;
const rowHeight = 17;
const characterWidth = 6.6;
/** Narrower than this nothing can be seen. */
const widthMin = 0.6;

interface Frame {
  readonly name: string;
  readonly layer: string;
  /** Its own samples and those of what it called, in microseconds. */
  total: number;
  readonly callees: Map<string, Frame>;
}

/** Callers stand on top of what they call; a frame's width is its share of the busy time. */
export function flameGraph(profile: CpuProfile, title: string): string {
  const root = framesOf(profile);
  const rects: string[] = [];
  const depth = draw(root, 0, 0, width / root.total, root.total, rects);
  const height = (depth + 3) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="monospace" font-size="11">`,
    `<rect width="100%" height="100%" fill="#fff"/><text x="4" y="13">${escaped(title)}</text>`,
    `<g transform="translate(0 ${rowHeight + 4})">`,
    ...rects,
    "</g></svg>\n",
  ].join("\n");
}

function framesOf({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const layers = layersOf(nodes);
  const parents = new Map<number, ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const spent = new Map<number, number>();
  for (const [at, id] of samples.entries()) {
    spent.set(id, (spent.get(id) ?? 0) + Math.max(0, timeDeltas[at] ?? 0));
  }
  const root: Frame = { name: "all", layer: "", total: 0, callees: new Map() };
  for (const [id, microseconds] of spent) {
    const path = pathTo(byId.get(id), parents);
    if (layers.get(id) === idle) continue;
    let frame = root;
    frame.total += microseconds;
    for (const node of path) {
      frame = calleeOf(frame, node, layers.get(node.id) ?? "");
      frame.total += microseconds;
    }
  }
  return root;
}

/** From below the profile's root to the node. */
function pathTo(node: ProfileNode | undefined, parents: ReadonlyMap<number, ProfileNode>) {
  const path: ProfileNode[] = [];
  for (let at = node; at !== undefined && parents.has(at.id); at = parents.get(at.id)) {
    path.unshift(at);
  }
  return path;
}

function calleeOf(caller: Frame, { callFrame }: ProfileNode, layer: string): Frame {
  const { functionName, url, lineNumber } = callFrame;
  const file = url.replace(/^.*\/(packages|node_modules)\//, "");
  const name = `${functionName || "(anonymous)"} ${file === "" ? "" : `${file}:${lineNumber + 1}`}`;
  const known = caller.callees.get(name);
  if (known !== undefined) return known;
  const frame: Frame = { name, layer, total: 0, callees: new Map() };
  caller.callees.set(name, frame);
  return frame;
}

/** Returns the greatest depth that was drawn. */
function draw(
  frame: Frame,
  left: number,
  depth: number,
  scale: number,
  whole: number,
  rects: string[],
): number {
  const wide = frame.total * scale;
  if (wide < widthMin) return depth;
  const percent = ((100 * frame.total) / whole).toFixed(2);
  const said = escaped(`${frame.name} (${percent} %, ${frame.layer})`);
  const shown = escaped(frame.name.slice(0, Math.max(0, Math.floor(wide / characterWidth) - 1)));
  const top = depth * rowHeight;
  rects.push(
    `<g><title>${said}</title><rect x="${left.toFixed(1)}" y="${top}" width="${wide.toFixed(1)}" ` +
      `height="${rowHeight - 1}" fill="${colourOf(frame.layer)}"/>` +
      `<text x="${(left + 2).toFixed(1)}" y="${top + 12}">${shown}</text></g>`,
  );
  let deepest = depth;
  let at = left;
  const callees = [...frame.callees.values()].sort((one, other) => other.total - one.total);
  for (const callee of callees) {
    deepest = Math.max(deepest, draw(callee, at, depth + 1, scale, whole, rects));
    at += callee.total * scale;
  }
  return deepest;
}

/** A layer has the same colour in every graph. */
function colourOf(layer: string): string {
  let sum = 7;
  for (const character of layer) sum = (sum * 31 + character.charCodeAt(0)) % 360;
  return `hsl(${sum} 65% 75%)`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
