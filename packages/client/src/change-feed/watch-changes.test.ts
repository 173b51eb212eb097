/** Against stand-ins of a vault; `tests/` has the same against a real one. */
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../../tools/harness/eventually.ts";
import { keepCredentials } from "../credentials/kept-credentials.ts";
import { type Answer, json, standIn } from "../transport/stand-in.fixture.ts";
import type { ChangeEvent } from "./change-event.ts";
import { type FeedState, watchChanges } from "./watch-changes.ts";

const change: ChangeEvent = {
  arn: "arn:aws:ssm:eu-west-1:123456789012:parameter/weather/token",
  name: "/weather/token",
  type: "parameter",
  kind: "updated",
  version: 2,
};

async function watching(answer: Answer) {
  const { url, asked } = await standIn(answer);
  const heard: (ChangeEvent | "reset")[] = [];
  const states: FeedState[] = [];
  let issued = 0;
  const watch = watchChanges({
    endpoint: new URL(url),
    region: "eu-west-1",
    credentials: keepCredentials(async () => ({
      accessKeyId: `AKID${++issued}`,
      secretAccessKey: "x",
    })),
    onEvent: (event) => heard.push(event),
    onReset: () => heard.push("reset"),
    onState: (state) => states.push(state),
  });
  onTestFinished(() => watch.close());
  return { asked, heard, states, watch, issued: () => issued };
}

function stream(response: ServerResponse, text: string): void {
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  response.write(text);
}

const block = (event: string, data: string, id: string) =>
  `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;

test("tells of changes, and comes back where it was", async () => {
  const { asked, heard, states } = await watching(({ headers }, response) => {
    const last = headers["last-event-id"];
    stream(response, last === undefined ? "id: 4\n\n" : "");
    if (last === "5") return;
    response.write(block("change", JSON.stringify(change), "5"), () => response.destroy());
  });
  await eventually(() => expect(asked).toHaveLength(2));
  await eventually(() => expect(states).toEqual(["begun", "closed", "resumed"]));
  expect(heard).toEqual([change]);
  expect(asked[0]).toMatchObject({
    method: "GET",
    path: "/changes",
    headers: {
      accept: "text/event-stream",
      authorization: expect.stringContaining("/eu-west-1/claviger/aws4_request"),
    },
  });
  expect(asked[1]?.headers["last-event-id"]).toBe("5");
});

test("who was cut off before it knew its place begins anew", async () => {
  const { states } = await watching((_, response) => {
    stream(response, "id: 4");
    setTimeout(() => response.destroy(), 20);
  });
  const first = () => states.slice(0, 3);
  await eventually(() => expect(first()).toEqual(["begun", "closed", "begun"]));
});

test("what was missed, or can't be read, is a reset; notices are for people", async () => {
  const { heard } = await watching((_, response) => {
    stream(response, block("reset", "{}", "1"));
    response.write(block("notice", JSON.stringify({ ...change, kind: "Expiration" }), "2"));
    response.write(block("change", "{", "3"));
    response.write(block("something-new", "{}", "4"));
    response.write(block("change", JSON.stringify(change), "5"));
  });
  await eventually(() => expect(heard).toHaveLength(3));
  expect(heard).toEqual(["reset", "reset", change]);
});

test("who has no feed, or none for this reader, is left in peace", async () => {
  const strangers: readonly Answer[] = [
    (_, response) => response.writeHead(404).end("<html>"),
    (_, response) => json(response, 403, { __type: "AccessDeniedException" }),
    (_, response) => json(response, 400, { __type: "UnknownOperationException" }),
    (_, response) => response.writeHead(200).end("<html>"),
  ];
  const watches = await Promise.all(strangers.map(watching));
  const states = () => watches.map((watch) => watch.states);
  await eventually(() => expect(states()).toEqual(Array(4).fill(["absent"])));
  const asked = () => watches.map((watch) => watch.asked.length);
  const before = asked();
  // Longer than the first wait of those who come back.
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(asked()).toEqual(before);
  for (const { issued } of watches) expect(issued()).toBe(1);
});

test("trouble is come back from", async () => {
  const date = "Thu, 01 Jan 2015 00:00:00 GMT";
  const troubles: readonly Answer[] = [
    (_, { socket }) => socket?.resetAndDestroy(),
    (_, response) => response.writeHead(503).end(),
    (_, response) => response.writeHead(429).end(),
    (_, response) => json(response, 403, { __type: "ExpiredTokenException" }),
    (_, response) => stream(response, `data: ${"x".repeat(100_000)}`),
    // Its time is not this machine's.
    (_, response) => json(response, 403, { __type: "InvalidSignatureException" }, { Date: date }),
  ];
  const watches = await Promise.all(
    troubles.map((trouble) => {
      let isOver = false;
      return watching((request, response) => {
        if (isOver) return stream(response, block("change", JSON.stringify(change), "1"));
        isOver = true;
        trouble(request, response);
      });
    }),
  );
  const heard = () => watches.map((watch) => watch.heard);
  await eventually(() => expect(heard()).toEqual(Array(6).fill([change])));
});

test("once it is closed nothing is told any more", async () => {
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  const { heard, states, watch } = await watching((_, response) => {
    stream(response, "");
    resolve(response);
  });
  const response = await promise;
  await eventually(() => expect(states).toEqual(["begun"]));
  const gone = new Promise((done) => response.on("close", done));
  watch.close();
  response.write(block("change", JSON.stringify(change), "1"));
  await gone;
  expect(heard).toEqual([]);
  expect(states).toEqual(["begun"]);
});
