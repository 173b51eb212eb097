/**
 * What the listener reads, beside what node:http reads from the same bytes. Whatever the listener
 * accepts node:http accepts too, and reads the same; where the listener alone refuses, a rule says
 * why.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { conversations, headBytesMax } from "./conversations.fixture.ts";
import { connected, everything, started } from "./listener.fixture.ts";

interface Read {
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  body: string;
  isWhole?: boolean;
}

let server: Server;
let heard: Read[] = [];
const refused = new WeakSet<Socket>();

beforeAll(async () => {
  // As strict as node:http is by itself.
  server = createServer({ maxHeaderSize: headBytesMax }, (request, response) => {
    const { method = "", url: target = "", socket } = request;
    if (refused.has(socket)) return void response.end();
    const read: Read = { method, target, headers: headersOf(request), body: "" };
    heard.push(read);
    request.setEncoding("latin1");
    request.on("data", (piece: string) => {
      read.body += piece;
    });
    request.on("end", () => {
      read.isWhole = true;
      response.end("ok");
    });
  });
  // It would read on behind what it refused.
  server.on("checkExpectation", ({ socket }: IncomingMessage, response) => {
    refused.add(socket);
    response.end();
  });
  // A client that has sent all it has may still wait for replies.
  Object.assign(server, { httpAllowHalfOpen: true, maxHeadersCount: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** node:http's raw ones, joined as the listener joins them. */
function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [(rawHeaders[at] ?? "").toLowerCase(), rawHeaders[at + 1] ?? ""];
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (!firstCounts.has(name)) headers[name] = `${before},${value}`;
  }
  return headers;
}

const firstCounts = new Set(["authorization", "content-type", "user-agent"]);

async function say(port: number, pieces: readonly string[]): Promise<string> {
  const socket = await connected(`http://127.0.0.1:${port}`);
  socket.setNoDelay(true);
  const reply = everything(socket);
  for (const piece of pieces) {
    socket.write(piece, "latin1");
    await new Promise(setImmediate);
  }
  socket.end();
  return reply;
}

async function heardByNode(pieces: readonly string[]): Promise<Read[]> {
  heard = [];
  await say((server.address() as AddressInfo).port, pieces);
  return heard;
}

type Listening = Awaited<ReturnType<typeof started>>;

/** A request beside the AWS APIs is known by its reply alone. */
async function acceptedBy(
  { url, seen }: Listening,
  pieces: readonly string[],
): Promise<(Read | undefined)[]> {
  seen.length = 0;
  const replies = await say(Number(new URL(url).port), pieces);
  const whole = seen.filter(({ problem }) => problem === undefined);
  const read = whole.map(({ method, target, headers, body }) => ({
    method,
    target,
    headers: headers as Record<string, string>,
    body: body.toString("latin1"),
    isWhole: true,
  }));
  const elsewhere = replies.match(/^HTTP\/1\.1 404/gm)?.length ?? 0;
  const accepted: (Read | undefined)[] = [];
  for (const [, status] of replies.matchAll(/HTTP\/1\.1 (200|404) /g)) {
    if (status === "404") accepted.push(undefined);
    else if (read.length > 0) accepted.push(read.shift());
  }
  expect(accepted.filter((one) => one === undefined)).toHaveLength(elsewhere);
  return accepted;
}

/** Behind a colon, and neither a tab nor the end of the line. */
const control = /:.*[^\t\r\n -~\x80-\xff]/;

/** What node:http alone refuses: nothing can be compared there. */
const laxer: readonly [why: string, rule: RegExp][] = [
  ["RFC 9110, 5.5, lets values keep control characters", control],
  ["a tab behind a value is a blank, RFC 9110, 5.6.3", /^transfer-encoding:.*\t[\t ]*\r$/im],
];

/** Why the listener alone refuses what it does. */
const stricter: readonly [why: string, rule: RegExp][] = [
  ["whom it is for is said once", /^host[\t ]*:.*$[\s\S]*?^host[\t ]*:/im],
  ["everybody says whom it is for", /HTTP\/1\.1\r\n(?:(?!host:).+\r\n)*\r\n/i],
  ["what is expected is said once", /^expect:.*$[\s\S]*?^expect:/im],
  ["nothing but 100-continue may be expected", /^expect:(?![\t ]*100-continue[\t ]*\r?$)/im],
  ["RTSP and Icecast are no HTTP", /(?:RTSP|ICE)\//],
  ["nor do 0.9 and 2 look like this", /HTTP\/(?!1\.[01]\r?$)/m],
  [
    "a single blank parts the words of a request line",
    /^[A-Z]+(?: {2}|.*(?:[^ ]| {2})(?:HTTP|RTSP)\/)/m,
  ],
  ["a request line ends with CRLF", /HTTP\/1\.1(?!\r\n)/],
  ["a target is a path, an http URL or *", /^[A-Z]+ (?![*/]|https?:\/\/[\w.:[\]-]+\/)/m],
  ["a target is ASCII", /^[A-Z]+ \S*[\x80-\xff]/m],
  ["a length has no more than 15 digits", /^content-length:[\t ]*\d{16}/im],
  ["HTTP/1.0 knows no chunks", /HTTP\/1\.0\r\n(?:.+\r\n)*transfer-encoding:/i],
  ["the size of a chunk has no more than 8 digits", /^[\da-f]{9}/im],
  ["chunks are the one coding", /^transfer-encoding:(?![\t ]*chunked[\t ]*\r$)/im],
  ["and are said once", /^transfer-encoding:.*$[\s\S]*?^transfer-encoding:/im],
];

it("accepts nothing that node:http doesn't, and reads it as node:http does", async () => {
  const listening = await started({ headerBytesMax: headBytesMax });
  await fc.assert(
    fc.asyncProperty(conversations, async (pieces) => {
      const [accepted, byNode] = [await acceptedBy(listening, pieces), await heardByNode(pieces)];
      fc.pre(!laxer.some(([, rule]) => rule.test(pieces.join(""))));
      for (const [index, one] of accepted.entries()) {
        const other = byNode[index];
        expect(other).toBeDefined();
        if (one !== undefined) expect(one).toEqual(other);
      }
      if (accepted.length < byNode.filter(({ isWhole }) => isWhole).length) {
        const text = pieces.join("");
        expect(stricter.map(([, rule]) => rule.test(text))).toContain(true);
      }
    }),
    { numRuns: 1000 },
  );
});
