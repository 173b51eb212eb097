/**
 * The head of a request, from its bytes: RFC 9112, as strictly as it allows. What two readers could
 * understand differently is refused, since one of them may be a proxy before the vault: a bare CR
 * or LF, a folded line, a blank before a colon, two lengths, a length beside chunks.
 */
import { METHODS } from "node:http";

/** By names in lower case; the bytes of values one to a character. */
export type Fields = Readonly<Record<string, string | undefined>>;

export interface Head {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  readonly fields: Fields;
  /** Of the body, in bytes; undefined where it comes in chunks. */
  readonly length: number | undefined;
  /** HTTP/1.0 knows no chunks, and here no second request either. */
  readonly isOld: boolean;
  /** Whether more requests may follow on the connection. */
  readonly isPersistent: boolean;
  /** Whether the client sends the body only once it is told to. */
  readonly expectsContinue: boolean;
}

export type UnreadableStatus = 400 | 408 | 417 | 431;

/** What a client sent is no request that can be read: it is answered with a status and no more. */
export class Unreadable extends Error {
  readonly status: UnreadableStatus;

  constructor(status: UnreadableStatus) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/**
 * `bytes` hold the head from `from` to `to`: its lines, each with its CRLF, without the empty one
 * that ends them. Throws Unreadable.
 */
export function parseHead(bytes: Buffer, from: number, to: number): Head {
  const text = bytes.toString("latin1", from, to);
  const { method, target, minor, end } = requestLineOf(text);
  const fields = fieldsOf(text, end, bytes, from);
  const { connection, expect, host } = fields;
  const isOld = minor === "0";
  if (host === undefined && !isOld) throw new Unreadable(400);
  const expectsContinue = expect !== undefined && !isOld;
  if (expectsContinue && !/^100-continue$/i.test(expect)) throw new Unreadable(417);
  return {
    method,
    target,
    fields,
    length: lengthOf(fields, isOld),
    isOld,
    isPersistent: !isOld && (connection === undefined || !closes.test(connection)),
    expectsContinue,
  };
}

/** A last token, or one among others. */
const closes = /(?:^|[\t ,])close(?:[\t ,]|$)/i;

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly minor: string;
  /** Where the next line begins. */
  readonly end: number;
}

const usualText = "POST / HTTP/1.1\r\n";
const usual: RequestLine = { method: "POST", target: "/", minor: "1", end: usualText.length };
const requestLine =
  /^([A-Z-]+) ((?:\*|(?:https?:\/\/[\w.:[\]-]+)?\/[\x21-\x7e]*)) HTTP\/1\.([01])$/;
/** Nobody is connected to somebody else through a vault. */
const methods: ReadonlySet<string> = new Set(METHODS.filter((method) => method !== "CONNECT"));

function requestLineOf(text: string): RequestLine {
  if (text.startsWith(usualText)) return usual;
  const end = text.indexOf("\r\n");
  const [, method = "", target = "", minor = ""] = requestLine.exec(text.slice(0, end)) ?? [];
  if (!methods.has(method)) throw new Unreadable(400);
  return { method, target, minor, end: end + 2 };
}

/** Makes objects without members of their own kind that, unlike `Object.create(null)`, are fast. */
function EmptyFields() {}
EmptyFields.prototype = Object.create(null);
const NoFields = EmptyFields as unknown as new () => Record<string, string | undefined>;

const colon = 0x3a;
const blank = 0x20;
const tab = 0x09;

function fieldsOf(text: string, from: number, bytes: Buffer, offset: number): Fields {
  if (text.includes("\0")) throw new Unreadable(400);
  const fields = new NoFields();
  for (let at = from, line = 0; at < text.length; line++) {
    const end = text.indexOf("\n", at) - 1;
    if (text.indexOf("\r", at) !== end) throw new Unreadable(400);
    const known = knownNames[line];
    const isKnown =
      known !== undefined &&
      text.charCodeAt(at + known.sent.length) === colon &&
      text.startsWith(known.sent, at);
    const { sent, name } = isKnown ? known : nameIn(text, at, end, line);
    let [start, stop] = [at + sent.length + 1, end];
    while (start < stop && isBlank(text.charCodeAt(start))) start++;
    while (stop > start && isBlank(text.charCodeAt(stop - 1))) stop--;
    // A text of its own: a slice of the head would keep all of it for as long as it is kept.
    const value = bytes.toString("latin1", offset + start, offset + stop);
    const before = fields[name];
    fields[name] = before === undefined ? value : joined(name, before, value);
    at = end + 2;
  }
  return fields;
}

function isBlank(code: number): boolean {
  return code === blank || code === tab;
}

/**
 * Lists may be sent in parts, which are joined as SigV4 joins them. Of what is no list the first
 * counts, as it does for node:http, but never of what says where a request ends or whom it is for.
 */
function joined(name: string, before: string, value: string): string {
  if (name === "content-length" || name === "host") throw new Unreadable(400);
  return noLists.has(name) ? before : `${before},${value}`;
}

const noLists: ReadonlySet<string> = new Set(["authorization", "content-type", "user-agent"]);

interface FieldName {
  readonly sent: string;
  /** In lower case, and the very text that V8 keeps of a property's name. */
  readonly name: string;
}

/**
 * Those of the last request, line by line: an SDK sends the same ones in the same order every time,
 * and what is known need be neither checked nor written in lower case nor looked for.
 */
const knownNames: FieldName[] = [];
const knownLinesMax = 32;
const knownLengthMax = 64;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function nameIn(text: string, at: number, end: number, line: number): FieldName {
  const found = text.indexOf(":", at);
  // A copy, too.
  const sent = Buffer.from(text.slice(at, Math.min(found, end)), "latin1").toString("latin1");
  if (found < 0 || found > end || !token.test(sent)) throw new Unreadable(400);
  const [name = ""] = Object.keys({ [sent.toLowerCase()]: true });
  const known = { sent, name };
  if (line < knownLinesMax && sent.length <= knownLengthMax) knownNames[line] = known;
  return known;
}

function lengthOf(fields: Fields, isOld: boolean): number | undefined {
  const { "content-length": length, "transfer-encoding": encoding } = fields;
  if (encoding !== undefined) {
    if (isOld || length !== undefined || encoding.toLowerCase() !== "chunked") {
      throw new Unreadable(400);
    }
    return undefined;
  }
  if (length === undefined) return 0;
  if (!/^\d{1,15}$/.test(length)) throw new Unreadable(400);
  return Number(length);
}
