/** AWS JSON 1.1: an operation's request as it is sent, and its output or error as they are read. */
import { type HttpReply, type HttpRequest, unreadable } from "./exchange.ts";
import { serviceFailure } from "./failures.ts";
import type { Service } from "./transport.ts";

const targets: Readonly<Record<Service, string>> = {
  ssm: "AmazonSSM",
  secretsmanager: "secretsmanager",
};

export function jsonRequest(
  url: URL,
  service: Service,
  operation: string,
  input: object,
): HttpRequest {
  return {
    method: "POST",
    url,
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `${targets[service]}.${operation}`,
    },
    body: JSON.stringify(input),
  };
}

/** Throws TransportError for an error, and for what is no reply of AWS's. */
export function outputOf(reply: HttpReply): Record<string, unknown> {
  const { status, headers, text } = reply;
  const body = objectIn(text);
  if (status >= 200 && status < 300) {
    if (body !== undefined) return body;
    throw unreadable(`the reply (status ${status}) is no JSON object`);
  }
  const code = codeOf(headers.get("x-amzn-errortype") ?? body?.__type ?? body?.code);
  const retryAfter = headers.get("retry-after");
  if (code === undefined) throw namelessFailure(status, retryAfter);
  const message = body?.message ?? body?.Message;
  throw serviceFailure({ code, message: told(code, message), status, retryAfter });
}

/** The parser's error would quote the value. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Between a namespace and an address: "com.amazonaws.x#ParameterNotFound:http://…". */
function codeOf(type: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  return /^(?:[^#]*#)?([\w.]{1,128})(?::.*)?$/s.exec(type)?.[1];
}

function told(code: string, message: unknown): string {
  return typeof message === "string" && message !== "" ? `${code}: ${message}` : code;
}

/** What stands before the service has answered, so the service has decided nothing. */
function namelessFailure(status: number, retryAfter: string | null) {
  const message = `the reply (status ${status}) names no error of AWS's`;
  if (status === 429) {
    return serviceFailure({ code: "TooManyRequestsException", message, status, retryAfter });
  }
  // 503 as a status of its own keeps every such reply an outage, whatever its status was.
  return serviceFailure({ code: "Unreadable", message, status: 503, retryAfter });
}
