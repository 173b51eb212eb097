/**
 * The request target in SigV4's canonical spelling: the path normalised and percent-encoded once
 * more, the query's parameters decoded and encoded anew, so that one meaning has one spelling.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { malformedQueryString } from "./refusals.ts";

export interface Target {
  readonly canonicalPath: string;
  /** In the order of the request. */
  readonly parameters: readonly QueryParameter[];
}

/** Name and value in canonical spelling. */
export interface QueryParameter {
  readonly name: string;
  readonly value: string;
}

const root: Target = { canonicalPath: "/", parameters: [] };

/** Throws MalformedQueryString for a broken percent-encoding. */
export function readTarget(target: string): Target {
  if (target === "/") return root;
  const question = target.indexOf("?");
  if (question === -1) return { canonicalPath: canonicalPath(target), parameters: [] };
  return {
    canonicalPath: canonicalPath(target.slice(0, question)),
    parameters: readParameters(target.slice(question + 1)),
  };
}

/** The decoded value of the first parameter of this name. */
export function queryValue({ parameters }: Target, name: string): string | undefined {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found.value);
  } catch {
    // The bytes are not UTF-8.
    throw malformedQueryString();
  }
}

/** Sorted by name, then by value. In a presigned request the signature can't sign itself. */
export function canonicalQuery({ parameters }: Target, isPresigned: boolean): string {
  if (parameters.length === 0) return "";
  const signature = isPresigned
    ? parameters.findIndex(({ name }) => name === "X-Amz-Signature")
    : undefined;
  return parameters
    .filter((_, at) => at !== signature)
    .sort((one, other) => order(one.name, other.name) || order(one.value, other.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join("&");
}

function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function readParameters(query: string): QueryParameter[] {
  const parameters: QueryParameter[] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const nameEnd = equals === -1 ? part.length : equals;
    parameters.push({
      name: canonicalComponent(part.slice(0, nameEnd)),
      value: canonicalComponent(part.slice(nameEnd + 1)),
    });
  }
  return parameters;
}

/** Without empty, "." and ".." segments; a closing slash stays. What is left is encoded again. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encoded(segment));
  }
  const closing = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${closing}`;
}

const unreserved = /^[A-Za-z0-9\-._~]*$/;

/** How each byte is spelled. The listener hands a target's bytes over one to a character. */
const spellings: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const hexadecimal = byte.toString(16).toUpperCase().padStart(2, "0");
  return unreserved.test(character) ? character : `%${hexadecimal}`;
});

function encoded(segment: string): string {
  if (unreserved.test(segment)) return segment;
  let spelled = "";
  for (let at = 0; at < segment.length; at++) spelled += spelling(segment.charCodeAt(at));
  return spelled;
}

const percent = 0x25;
const plus = 0x2b;
const blank = 0x20;
const twoHexDigits = /^[0-9A-Fa-f]{2}$/;

function canonicalComponent(sent: string): string {
  if (unreserved.test(sent)) return sent;
  let spelled = "";
  for (let at = 0; at < sent.length; at++) {
    const code = sent.charCodeAt(at);
    if (code === percent) {
      const digits = sent.slice(at + 1, at + 3);
      if (!twoHexDigits.test(digits)) throw malformedQueryString();
      spelled += spelling(Number.parseInt(digits, 16));
      at += 2;
    } else {
      spelled += spelling(code === plus ? blank : code);
    }
  }
  return spelled;
}

function spelling(code: number): string {
  const spelled = spellings[code];
  if (spelled === undefined) throw malformedQueryString();
  return spelled;
}
