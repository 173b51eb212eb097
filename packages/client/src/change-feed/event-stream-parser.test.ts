import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStreamParser } from "./event-stream-parser.ts";

function parsed(pieces: readonly string[], lastEventId = "") {
  const parser = new EventStreamParser(lastEventId);
  const events = pieces.flatMap((piece) => [...parser.push(piece)]);
  return { events, lastEventId: parser.lastEventId };
}

test("the specification's examples", () => {
  expect(parsed(["data: YHOO\ndata: +2\ndata: 10\n\n"]).events).toEqual([
    { event: "message", data: "YHOO\n+2\n10" },
  ]);
  const text = ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third";
  expect(parsed([`${text}\n\n`])).toEqual({
    events: [
      { event: "message", data: "first event" },
      { event: "message", data: "second event" },
      { event: "message", data: " third" },
    ],
    lastEventId: "",
  });
  expect(parsed(["data\n\ndata\ndata\n\ndata:"]).events.map(({ data }) => data)).toEqual([
    "",
    "\n",
  ]);
});

test("an id alone moves the place; one that is not finished does not", () => {
  expect(parsed(["id: 7\n\n"], "3")).toEqual({ events: [], lastEventId: "7" });
  expect(parsed(["id: 7\ndata: x\n"], "3")).toEqual({ events: [], lastEventId: "3" });
  expect(parsed(["id: 7\0\n\n"], "3").lastEventId).toBe("3");
});

test("it is the same in whatever pieces and with whatever line ends it comes", () => {
  const line = fc.constantFrom("", "id: 1", "event: change", "data: {}", "data: x:y", ": hi", "id");
  const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
  const cuts = fc.array(fc.nat(200), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(line), lineEnd, cuts, (lines, ending, at) => {
      const text = lines.map((one) => one + ending).join("");
      const places = [0, ...at.map((cut) => cut % (text.length + 1)), text.length];
      const sorted = places.sort((one, other) => one - other);
      const pieces = sorted.slice(1).map((to, index) => text.slice(sorted[index], to));
      expect(parsed(pieces)).toEqual(parsed([lines.map((one) => `${one}\n`).join("")]));
    }),
  );
});

test("an event without an end is given up before it fills the memory", () => {
  for (const piece of ["x".repeat(1000), `data: ${"x".repeat(1000)}\n`]) {
    expect(() => parsed(Array(100).fill(piece))).toThrow(RangeError);
  }
  // Many events of that size in all are nothing special.
  expect(parsed(Array(100).fill(`data: ${"x".repeat(1000)}\n\n`)).events).toHaveLength(100);
});
