/**
 * The parameters of an AWS Query request, from the query string and the form body: bounded in
 * number, unambiguous (a repeated name is refused), and in a Map, so that no name is magic.
 */
import { isUtf8 } from "node:buffer";
import { ApiError } from "../errors.ts";
import { type HttpRequest, header } from "../message.ts";

/** Parameter names as sent ("Tags.member.1.Key") and their decoded values. */
export type QueryParameters = ReadonlyMap<string, string>;

const parametersMax = 5_000;
const formContentType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** The parameters, or why there are none. */
export function parseQueryParameters(request: HttpRequest): QueryParameters | ApiError {
  const parameters = new Map<string, string>();
  const question = request.target.indexOf("?");
  const queryString = question < 0 ? "" : request.target.slice(question + 1);
  const problem = addParameters(parameters, queryString) ?? addForm(parameters, request);
  return problem ?? parameters;
}

function addForm(parameters: Map<string, string>, request: HttpRequest): ApiError | undefined {
  if (request.body.length === 0) return undefined;
  if (!formContentType.test(header(request, "content-type") ?? "")) {
    return malformed("The Content-Type must be application/x-www-form-urlencoded.");
  }
  if (!isUtf8(request.body)) return malformed("The body is not UTF-8.");
  return addParameters(parameters, request.body.toString("utf8"));
}

function addParameters(parameters: Map<string, string>, text: string): ApiError | undefined {
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf("&", start);
    if (end < 0) end = text.length;
    if (end > start) {
      // Cut out first: looking further than the parameter's end would be quadratic.
      const parameter = text.slice(start, end);
      const equals = parameter.indexOf("=");
      const name = decodeComponent(equals < 0 ? parameter : parameter.slice(0, equals));
      const value = equals < 0 ? "" : decodeComponent(parameter.slice(equals + 1));
      if (name === undefined || value === undefined) {
        return malformed("A parameter is not correctly URL-encoded UTF-8.");
      }
      if (parameters.has(name)) return malformed("A parameter is given more than once.");
      if (parameters.size === parametersMax) {
        return malformed(`A request has at most ${parametersMax} parameters.`);
      }
      parameters.set(name, value);
    }
    start = end + 1;
  }
  return undefined;
}

function decodeComponent(text: string): string | undefined {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}

function malformed(message: string): ApiError {
  return new ApiError("MalformedInput", message);
}
