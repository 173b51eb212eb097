/**
 * From a request's bytes to the value that its operation's input shape will check: a parsed JSON
 * body, a form's parameters put back into structures and lists as the shape declares them, or
 * headers.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { ApiError } from "../errors.ts";
import { type HttpRequest, header } from "../message.ts";
import type { Shape } from "../shapes/shapes.ts";
import { readParameters } from "./query-input.ts";
import type { Route } from "./route.ts";

/**
 * The input, not yet validated. Throws SerializationException (AWS JSON) or MalformedInput (AWS
 * Query) for what can't be read; no message and no cause quotes the body.
 */
export function decodeInput(route: Route, request: HttpRequest, shape: Shape<unknown>): unknown {
  switch (route.protocol) {
    case "aws-json":
      return parseJson(request.body);
    case "aws-query":
      return readParameters(route.parameters ?? new Map(), shape);
    case "rest-json":
      return readHeaders(route.headers ?? {}, request);
  }
}

function readHeaders(bound: Readonly<Record<string, string>>, request: HttpRequest) {
  const members = Object.entries(bound).map(([member, name]) => [member, header(request, name)]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** AWS says nothing about what is wrong with a body that is no JSON object. */
function parseJson(body: Buffer): unknown {
  const isPlain = isAscii(body);
  // Replacing broken UTF-8 would store another secret than the caller's: it is refused instead.
  if (!isPlain && !isUtf8(body)) throw new ApiError("SerializationException", "");
  const text = body.toString(isPlain ? "latin1" : "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text, which may hold a secret: it goes no further.
    throw new ApiError("SerializationException", "");
  }
  if (typeof value !== "object" || value === null) {
    throw new ApiError("SerializationException", "");
  }
  return value;
}
