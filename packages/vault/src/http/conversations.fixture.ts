/** Requests, good ones and broken ones, as a client and somebody who means ill could send them. */
import fc from "fast-check";

/** No head is longer. */
export const headBytesMax = 2000;

const eol = fc.oneof(
  { weight: 60, arbitrary: fc.constant("\r\n") },
  { weight: 1, arbitrary: fc.constantFrom("\n", "\r", "\r\r\n", "\n\r", "\r\n ", "\r\n\t", "") },
);

function mostly(usual: readonly string[], odd: readonly string[], weight = 30) {
  return fc.oneof(
    { weight, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

const methods = mostly(
  ["GET", "POST", "POST", "PUT", "HEAD"],
  ["get", "", "FOO", "G T", "GET\0", "M-SEARCH", "CONNECT", "PRI", "QUERY", "SOURCE", "DESCRIBE"],
);
const targets = mostly(
  ["/", "/?Action=x&y=%20", "/changes?a=b"],
  [
    ...'* http://v/ //v/ v:80 /x /a#b /?a#b /%00 ?x x /\x7f /\x80 /\xe4 /? ?# # : :// /\\ /"<>^`{|}',
    "/\0",
    "/\x01",
    "/\t",
    "/a b",
    "",
    " /",
    "http://v",
    "https://u:p@v:1/x?y",
    "http:/v",
    "ftp://v/",
    "h3://v/",
    "http://v:80",
    "http://[::1]/",
    "v",
    "v:80",
    "/\xff",
    "//v/",
    "/#a#b",
  ],
);
const versions = mostly(
  ["HTTP/1.1"],
  [
    "HTTP/1.0",
    "HTTP/0.9",
    "HTTP/2.0",
    "HTTP/1.2",
    "HTTP/1.10",
    "HTTP/01.1",
    "http/1.1",
    "HTTP/1.1 ",
    "HTTP/1.1\t",
    "HTTP/1,1",
    "RTSP/1.0",
    "ICE/1.0",
    "",
  ],
);
const separators = mostly([" "], ["", "  ", "\t", " \t"], 60);
const requestLine = fc.tuple(methods, separators, targets, separators, versions);

const lengths = mostly(
  ["0", "3", "5", "10"],
  [
    ..."+5 -0 5,5 0x5 5a 1e1 05 00000000000000005 999999999999999 9999999999999999 5. 5;".split(
      " ",
    ),
    "5, 5",
    "",
    " ",
    "5 5",
    "5\0",
    "\x0b5",
    "5\x0b",
    "\xb2",
    "18446744073709551621",
  ],
  4,
);
const codings = mostly(
  ["chunked", "Chunked"],
  [
    "chunked, chunked",
    "gzip, chunked",
    "chunked, gzip",
    "identity",
    "identity, chunked",
    "chunked;q=1",
    ", chunked",
    "chunked,",
    "x-chunked",
    "chunke",
    "chunked\x0b",
    "\x0bchunked",
    "chun\0ked",
    "chunked\xa0",
    '"chunked"',
    "",
  ],
  4,
);
const odd = fc.constantFrom(...'\0\x01\x07\t\n\v\f\r\x1b \x7f\x80\xa0\xff()<>@,;:\\"/[]?={}é');
const plain = fc.constantFrom(..."azAZ09-_.*+~|");
const names = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom("X-A", "x-a", "X-Amz-Target", "__proto__", "constructor", "0"),
  },
  {
    weight: 8,
    arbitrary: fc.constantFrom("Authorization", "Content-Type", "User-Agent", "Accept"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("Upgrade", "TE", "Trailer", "Proxy-Connection", "Cookie"),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof({ weight: 4, arbitrary: plain }, odd), { maxLength: 6 })
      .map(joined),
  },
);
const values = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom("a", "b, c", "", "AWS4 x=y", '"q\\"', "h2c", "\xe4\xff"),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.oneof({ weight: 4, arbitrary: plain }, odd), { maxLength: 6 })
      .map(joined),
  },
  { weight: 1, arbitrary: fc.constant("x".repeat(headBytesMax)) },
);
const colons = mostly([": ", ":", ":\t "], [" :", "\t:", "", "::", " ", "\r\n:", ":\0", ": \r\n "]);
const blanks = mostly([""], [" ", "\t", " \t ", "\0", "\v"]);

function field(name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) {
  return fc.tuple(name, colons, value, blanks, eol).map(joined);
}

const fields = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: field(names, values) },
    { weight: 4, arbitrary: field(fc.constant("Content-Length"), lengths) },
    { weight: 3, arbitrary: field(fc.constant("Transfer-Encoding"), codings) },
    {
      weight: 1,
      arbitrary: field(
        fc.constantFrom("Connection", "connection"),
        fc.constantFrom(
          "close",
          "keep-alive",
          "x, Close",
          "close, x",
          "closed",
          "upgrade",
          "",
          ",",
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: field(fc.constant("Expect"), fc.constantFrom("100-continue", "100-Continue", "x")),
    },
    { weight: 1, arbitrary: field(fc.constant("Host"), fc.constantFrom("v", "", "v, w", "v:1")) },
  ),
  { maxLength: 4 },
);

const sizes = mostly(
  ["5", "1", "A", "0"],
  [
    "",
    "+5",
    "-5",
    "0x5",
    "05",
    "5 ",
    " 5",
    "5\t",
    "g",
    "000000000000000005",
    "fffffffff",
    "5\0",
    "5,",
  ],
  12,
);
const extensions = mostly(
  [""],
  [
    ";a",
    ";a=b",
    ';a="b;\\"c"',
    " ;a",
    ";",
    ";;",
    "; a = b",
    ";\r",
    ";\0",
    `;${"x".repeat(300)}`,
    ";a=\xff",
  ],
  12,
);
const chunk = fc.tuple(sizes, extensions, eol, mostly(["hello", "x", "0123456789"], [""], 12), eol);
const trailers = fc.array(field(names, values), { maxLength: 2 }).map(joined);
const bodies = fc.oneof(
  fc.constantFrom("", "", "hello", "0123456789"),
  fc
    .tuple(
      fc.array(chunk.map(joined), { maxLength: 2 }).map(joined),
      fc.constant("0\r\n"),
      trailers,
      eol,
    )
    .map(joined),
);

const request = fc
  .tuple(
    mostly([""], ["\r\n", "\n", "\r", "\r\n\r\n", " "]),
    requestLine.map(joined),
    eol,
    mostly(["Host: v\r\n"], ["", "Host: v\r\nHost: v\r\n", "Host : v\r\n", " Host: v\r\n"]),
    fields.map(joined),
    eol,
    bodies,
  )
  .map(joined);

/** One request after the other, and how their bytes are cut. */
export const conversations = fc
  .tuple(fc.array(request, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(400), { maxLength: 3 }))
  .map(([requests, cuts]) => {
    const text = requests.join("");
    const ends = [...new Set([0, ...cuts.filter((at) => at < text.length), text.length])];
    ends.sort((one, other) => one - other);
    return ends.slice(1).map((end, index) => text.slice(ends[index], end));
  });

function joined(parts: readonly string[]): string {
  return parts.join("");
}
