import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversations, headBytesMax } from "./conversations.fixture.ts";
import { type Head, Unreadable } from "./head.ts";
import { RequestReader } from "./request-reader.ts";

/** Whole requests, each with its body, and what the bytes behind them are refused with. */
function read(pieces: readonly string[], bytesMax = headBytesMax) {
  const requests: { head: Head; body: string; isWhole: boolean }[] = [];
  const reader = new RequestReader(bytesMax, {
    begin: (head) => requests.push({ head, body: "", isWhole: false }),
    receive: (piece) => {
      const last = requests.at(-1);
      if (last) last.body += piece.toString("latin1");
    },
    complete: () => {
      const last = requests.at(-1);
      if (last) last.isWhole = true;
    },
  });
  let refusal: number | undefined;
  try {
    for (const piece of pieces) reader.read(Buffer.from(piece, "latin1"));
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    refusal = thrown.status;
  }
  return { whole: requests.filter(({ isWhole }) => isWhole), refusal };
}

/** The body of a POST with these headers behind the host. */
function bodyOf(headers: string, rest: string): string | number | undefined {
  const { whole, refusal } = read([`POST / HTTP/1.1\r\nHost: v\r\n${headers}\r\n${rest}`]);
  return refusal ?? whole[0]?.body;
}

it("reads the same however the bytes are cut", () => {
  fc.assert(
    fc.property(conversations, (pieces) => {
      const text = pieces.join("");
      const whole = read([text]);
      expect(read(pieces)).toEqual(whole);
      expect(read([...text])).toEqual(whole);
    }),
    { numRuns: 500 },
  );
});

it("reads a head up to the limit wherever it is cut, and none beyond", () => {
  const head = "GET / HTTP/1.1\r\nHost: v";
  for (let cut = 0; cut <= head.length + 4; cut++) {
    const text = `${head}\r\n\r\n`;
    const pieces = [text.slice(0, cut), text.slice(cut)];
    expect(read(pieces, head.length)).toMatchObject({ whole: [{}], refusal: undefined });
    expect(read(pieces, head.length - 1)).toEqual({ whole: [], refusal: 431 });
  }
});

describe("where a request ends is never in doubt", () => {
  const chunked = "Transfer-Encoding: chunked\r\n";

  it.each([
    ["a length and chunks", `Content-Length: 5\r\n${chunked}`],
    ["chunks and a length", `${chunked}Content-Length: 5\r\n`],
    ["chunks twice", "Transfer-Encoding: chunked, chunked\r\n"],
    ["chunks in two lines", chunked + chunked],
    ["chunks behind another coding", "Transfer-Encoding: gzip, chunked\r\n"],
    ["another coding behind chunks", "Transfer-Encoding: chunked, identity\r\n"],
    ["no coding", "Transfer-Encoding: identity\r\n"],
    ["an empty coding", "Transfer-Encoding:\r\n"],
    ["a coding like chunks", "Transfer-Encoding: xchunked\r\n"],
    ["a coding with a vertical tab", "Transfer-Encoding: \vchunked\r\n"],
    ["a coding with a no-break blank", "Transfer-Encoding: chunked\xa0\r\n"],
    ["a quoted coding", 'Transfer-Encoding: "chunked"\r\n'],
    ["a folded coding", "Transfer-Encoding:\r\n chunked\r\n"],
    ["a fold", "X: a\r\n b\r\n"],
    ["a fold before the first", " X: a\r\n"],
    ["a blank before a colon", "Content-Length : 5\r\n"],
    ["a tab before a colon", "Transfer-Encoding\t: chunked\r\n"],
    ["no colon", "Content-Length 5\r\n"],
    ["no name", ": 5\r\n"],
    ["a NUL in a value", "X: a\0b\r\n"],
    ["a NUL in a name", "X\0: a\r\n"],
    ["a bare LF", "X: a\nContent-Length: 5\r\n"],
    ["a bare CR", "X: a\rContent-Length: 5\r\n"],
    ["two CRs", "X: a\r\r\nContent-Length: 5\r\n"],
    ["a signed length", "Content-Length: +5\r\n"],
    ["a negative length", "Content-Length: -5\r\n"],
    ["a list of lengths", "Content-Length: 5,5\r\n"],
    ["the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n"],
    ["a second length behind an empty one", "Content-Length:\r\nContent-Length: 5\r\n"],
    ["a hexadecimal length", "Content-Length: 0x5\r\n"],
    ["a fraction", "Content-Length: 5.0\r\n"],
    ["an empty length", "Content-Length:\r\n"],
    ["16 digits", "Content-Length: 0000000000000005\r\n"],
    ["a second host", "Host: w\r\n"],
  ])("%s", (_, headers) => {
    expect(bodyOf(headers, "0\r\n\r\nhello")).toBe(400);
  });

  it.each([
    ["a chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"],
    ["extensions and a trailer", '5;a;b=c;d="e;\\"f"\r\nhello\r\n000;a\r\nX: y\r\n\r\n', "hello"],
    ["a bare LF behind a size", "5\nhello\r\n0\r\n\r\n", 400],
    ["a bare LF behind data", "5\r\nhello\n0\r\n\r\n", 400],
    ["nothing behind data", "5\r\nhello0\r\n\r\n", 400],
    ["a blank behind a size", "5 \r\nhello\r\n0\r\n\r\n", 400],
    ["a blank before an extension", "5 ;a\r\nhello\r\n0\r\n\r\n", 400],
    ["an empty extension", "5;\r\nhello\r\n0\r\n\r\n", 400],
    ["a control character in an extension", "5;a=\x01\r\nhello\r\n0\r\n\r\n", 400],
    ["a signed size", "+5\r\nhello\r\n0\r\n\r\n", 400],
    ["a prefixed size", "0x5\r\nhello\r\n0\r\n\r\n", 400],
    ["a size of 9 digits", "000000005\r\nhello\r\n0\r\n\r\n", 400],
    ["no size", "\r\nhello\r\n0\r\n\r\n", 400],
    ["a blank before a trailer's colon", "0\r\nX : y\r\n\r\n", 400],
    ["a folded trailer", "0\r\n folded\r\n\r\n", 400],
    ["a long extension", `1;${"x".repeat(300)}\r\nx\r\n0\r\n\r\n`, 400],
    ["many extensions", `${`1;${"x".repeat(200)}\r\nx\r\n`.repeat(11)}0\r\n\r\n`, 400],
    ["many trailers", `0\r\n${"X: y\r\n".repeat(400)}\r\n`, 400],
  ])("in chunks, %s", (_, chunks, expected) => {
    expect(bodyOf(chunked, chunks)).toBe(expected);
  });

  it.each([
    ["CONNECT / HTTP/1.1"],
    ["CONNECT v:80 HTTP/1.1"],
    ["GET v:80 HTTP/1.1"],
    ["GET # HTTP/1.1"],
    ["GET /\x80 HTTP/1.1"],
    ["GET  / HTTP/1.1"],
    ["GET / HTTP/1.1 "],
    ["GET / HTTP/1.2"],
    ["GET / http/1.1"],
    ["get / HTTP/1.1"],
    ["GET /"],
    ["PRI * HTTP/2.0"],
  ])("%j", (line) => {
    expect(read([`${line}\r\nHost: v\r\n\r\n`])).toEqual({ whole: [], refusal: 400 });
  });
});

it("takes names that objects have members of as any others", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "0"];
  const headers = names.map((name) => `${name}: ${name}\r\n`).join("");
  for (let time = 0; time < 2; time++) {
    const { whole } = read([`GET / HTTP/1.1\r\nHost: v\r\n${headers}${headers}\r\n`]);
    const fields = whole[0]?.head.fields ?? {};
    expect(Object.keys(fields).sort()).toEqual(
      ["host", ...names.map((n) => n.toLowerCase())].sort(),
    );
    for (const name of names) expect(fields[name.toLowerCase()]).toBe(`${name},${name}`);
    expect(fields.valueOf).toBeUndefined();
  }
});

it("knows a name again only where it is the very same", () => {
  const one = (name: string) => read([`GET / HTTP/1.1\r\nHost: v\r\n${name}: a\r\n\r\n`]);
  for (const name of ["X-A", "X-AB", "X-", "x-a", "X-A"]) {
    expect(Object.keys(one(name).whole[0]?.head.fields ?? {})).toEqual([
      "host",
      name.toLowerCase(),
    ]);
  }
  expect(one("X-A ").refusal).toBe(400);
});
