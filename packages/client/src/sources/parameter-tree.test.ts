import { expect, test } from "vitest";
import { Calls } from "../calls/calls.ts";
import type { Transport } from "../transport/transport.ts";
import { parameterTree } from "./parameter-tree.ts";

function treeOf(pages: (asked: number, token: unknown) => Record<string, unknown>) {
  let asked = 0;
  const send: Transport["send"] = async (_service, _operation, input) =>
    pages(asked++, (input as { NextToken?: unknown }).NextToken);
  const calls = new Calls({
    transport: { region: "us-east-1", send },
    clock: () => 0,
    random: () => 0,
  });
  const { signal } = new AbortController();
  const tree = parameterTree(calls, "/app");
  return { fetch: () => tree.fetch({ signal, isPatient: false }), asked: () => asked };
}

const page = (at: number) => ({
  Parameters: [{ Name: `/app/${at}`, Value: `value ${at}`, Version: 1 }],
});

test("ends with the page that has no token, or an empty one", async () => {
  const { fetch } = treeOf((asked) => ({ ...page(asked), NextToken: asked < 3 ? `${asked}` : "" }));
  expect((await fetch()).raw.size).toBe(4);
});

test("a store that gives the same token again and again is an outage, not a tree", async () => {
  const { fetch, asked } = treeOf((at) => {
    if (at > 100) throw new Error("asked for ever");
    return { ...page(at), NextToken: "same" };
  });
  await expect(fetch()).rejects.toMatchObject({ code: "Unreadable", kind: "outage" });
  expect(asked()).toBe(2);
});
