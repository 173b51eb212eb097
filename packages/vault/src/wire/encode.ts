/** From an operation's output, or the error it met, to the reply in the caller's protocol. */
import type { ApiError } from "../errors.ts";
import { EventStream } from "../event-stream.ts";
import type { HttpReply, WholeReply } from "../message.ts";
import { errorCodeOnWire, errorStatus, messageMember } from "./errors.ts";
import { eventStreamReply } from "./events.ts";
import { stringifyOutput } from "./json.ts";
import { stringifyQueryOutput } from "./query-json.ts";
import type { Route } from "./route.ts";
import { element, text } from "./xml.ts";

export { errorCodeInTrail } from "./errors.ts";

/** What an operation returns: members in wire spelling; undefined where AWS sends no output. */
export type WireOutput = Readonly<Record<string, unknown>> | EventStream | undefined;

export function encodeOutput(route: Route, output: WireOutput, requestId: string): HttpReply {
  if (output instanceof EventStream) return eventStreamReply(requestId, output);
  if (route.protocol !== "aws-query") {
    return jsonReply(200, requestId, output === undefined ? "" : stringifyOutput(output));
  }
  const { operation, xmlNamespace } = route;
  if (route.isJsonWanted) {
    const response = {
      ...(output !== undefined && { [`${operation}Result`]: output }),
      ResponseMetadata: { RequestId: requestId },
    };
    return queryJsonReply(200, requestId, { [`${operation}Response`]: response });
  }
  const result = output === undefined ? "" : element(`${operation}Result`, output);
  return xmlReply(
    200,
    requestId,
    `<${operation}Response xmlns="${xmlNamespace}">${result}` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>` +
      `</${operation}Response>\n`,
  );
}

export function encodeError(route: Route, error: ApiError, requestId: string): WholeReply {
  const code = errorCodeOnWire(route, error);
  const status = errorStatus(route, error);
  const reply =
    route.protocol === "aws-query"
      ? queryError(route, error, code, status, requestId)
      : jsonError(route, error, code, status, requestId);
  // A moment is what a full audit log or a restart needs; SDKs wait as told and try again.
  return status === 503 ? { ...reply, headers: { ...reply.headers, "Retry-After": "1" } } : reply;
}

function jsonError(
  { service }: Route,
  { message, detail }: ApiError,
  code: string,
  status: number,
  requestId: string,
): WholeReply {
  const said = message === "" ? undefined : { [messageMember(service, code)]: message };
  const reply = jsonReply(status, requestId, JSON.stringify({ __type: code, ...said, ...detail }));
  return { ...reply, headers: { ...reply.headers, "x-amzn-ErrorType": code } };
}

// What AWS's front says for a request that names no service.
const faultNamespace = "http://webservices.amazon.com/AWSFault/2005-15-09";

function queryError(
  { xmlNamespace = faultNamespace, isJsonWanted }: Route,
  { message, detail, fault }: ApiError,
  code: string,
  status: number,
  requestId: string,
): WholeReply {
  const type = fault === "server" ? "Receiver" : "Sender";
  if (isJsonWanted) {
    const said = message === "" ? undefined : { Message: message };
    const told = { Error: { Code: code, ...said, Type: type, ...detail }, RequestId: requestId };
    return queryJsonReply(status, requestId, told);
  }
  const said = message === "" ? "" : element("Message", message);
  return xmlReply(
    status,
    requestId,
    `<ErrorResponse xmlns="${xmlNamespace}">` +
      `<Error><Type>${type}</Type><Code>${text(code)}</Code>${said}` +
      `${
        detail === undefined
          ? ""
          : Object.entries(detail)
              .map(([name, value]) => element(name, value))
              .join("")
      }</Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>\n`,
  );
}

function jsonReply(status: number, requestId: string, body: string): WholeReply {
  return {
    status,
    headers: { "x-amzn-RequestId": requestId, "Content-Type": "application/x-amz-json-1.1" },
    body,
  };
}

function queryJsonReply(
  status: number,
  requestId: string,
  told: Readonly<Record<string, unknown>>,
): WholeReply {
  return {
    status,
    headers: { "x-amzn-RequestId": requestId, "Content-Type": "application/json" },
    body: stringifyQueryOutput(told),
  };
}

function xmlReply(status: number, requestId: string, body: string): WholeReply {
  return {
    status,
    headers: { "x-amzn-RequestId": requestId, "Content-Type": "text/xml" },
    body,
  };
}
