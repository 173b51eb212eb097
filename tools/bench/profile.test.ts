import { expect, test } from "vitest";
import { flameGraph } from "./flame.ts";
import { type CpuProfile, layersOf, type ProfileNode } from "./profile.ts";

const vault = "file:///somewhere/packages/vault/src";

function node(id: number, functionName: string, url: string, children: number[] = []): ProfileNode {
  return { id, callFrame: { functionName, url, lineNumber: 0 }, children };
}

const nodes = [
  node(1, "(root)", "", [2, 9, 10, 11]),
  node(2, "handle", `${vault}/pipeline.ts`, [3, 5, 7]),
  node(3, "authenticate", `${vault}/authentication/authenticate.ts`, [4]),
  node(4, "hash", "node:internal/crypto/hash"),
  node(5, "open", `${vault}/encryption/seal.ts`, [6]),
  node(6, "update", ""),
  node(7, "send", `${vault}/http/reply.ts`, [8]),
  node(8, "<anonymous & co>", "node:net"),
  node(9, "(garbage collector)", ""),
  node(10, "(idle)", ""),
  node(11, "onread", "node:internal/stream_base_commons"),
];

test("what has no layer of its own counts to its caller", () => {
  const layers = layersOf(nodes);
  const ofNode = (id: number) => layers.get(id);
  expect(ofNode(2)).toBe("pipeline, operations, domain");
  expect([ofNode(3), ofNode(4)]).toEqual(["SigV4", "SigV4"]);
  expect([ofNode(5), ofNode(6)]).toEqual(["AES-GCM", "AES-GCM"]);
  expect([ofNode(8), ofNode(11)]).toEqual(["HTTP and network", "HTTP and network"]);
  expect(ofNode(9)).toBe("garbage collection");
});

test("a flame graph shows shares of the busy time, and its names are no markup", () => {
  const samples = [4, 8, 8, 10, 10, 10, 10];
  const profile: CpuProfile = { nodes, samples, timeDeltas: samples.map(() => 100) };
  const svg = flameGraph(profile, "a <title>");
  expect(svg).toContain("a &lt;title&gt;");
  expect(svg).toContain("&lt;anonymous &amp; co&gt; node:net:1 (66.67 %, HTTP and network)");
  expect(svg).toContain("hash node:internal/crypto/hash:1 (33.33 %, SigV4)");
  expect(svg).not.toContain("(idle)");
});
