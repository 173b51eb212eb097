/**
 * Lambda's Invoke API from the caller's side: a JSON event to a function, and its JSON reply.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import { type AwsCredentials, signedHeaders } from "./lambda-signature.ts";
import { RotatorFailed } from "./rotator.ts";

export interface Invocation {
  /** Where to: whole. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Signs the request. */
  readonly credentials?: { readonly keys: AwsCredentials; readonly region: string } | undefined;
}

/** AWS's own bound for a reply is 6 MB; a rotator has little to say. */
const replyBytesMax = 256 * 1024;

/** The reply, undefined where it is none. Throws RotatorFailed. */
export async function invoke(
  { url, headers = {}, credentials }: Invocation,
  event: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  const body = JSON.stringify(event);
  const sent = {
    ...headers,
    "content-type": "application/json",
    "x-amz-invocation-type": "RequestResponse",
  };
  const signed = credentials ? signedHeaders({ url, headers: sent, body, ...credentials }) : sent;
  const { status, error, text } = await exchanged(url, {
    method: "POST",
    redirect: "manual",
    headers: signed,
    body,
    signal,
  });
  if (status !== 200)
    throw new RotatorFailed(`The rotator answered with HTTP ${status}${said(text)}`);
  if (error !== null) throw new RotatorFailed(said(text).slice(2) || error);
  return text === "" ? undefined : parsed(text);
}

/** `http://127.0.0.1:9000/2015-03-31/functions/NAME/invocations`, unless the path is given. */
export function invocationUrl(endpoint: string, functionArn: string, isSigned: boolean): string {
  const url = new URL(endpoint);
  if (url.pathname !== "/") return url.href;
  const [name = "", qualifier] = functionArn.split(":").slice(6);
  // Only AWS has functions of several accounts, which an ARN tells apart.
  const named = isSigned ? functionArn.split(":").slice(0, 7).join(":") : name;
  url.pathname = `/2015-03-31/functions/${encodeURIComponent(named)}/invocations`;
  if (qualifier !== undefined) url.searchParams.set("Qualifier", qualifier);
  return url.href;
}

async function exchanged(url: string, request: RequestInit) {
  try {
    const reply = await fetch(url, request);
    const error = reply.headers.get("x-amz-function-error");
    return { status: reply.status, error, text: await bounded(reply) };
  } catch (fault) {
    if (fault instanceof RotatorFailed) throw fault;
    const isLate = (fault as Error).name === "TimeoutError";
    const reason = isLate ? "The rotator did not answer in time" : "The rotator can't be reached";
    throw new RotatorFailed(reason, fault);
  }
}

async function bounded(reply: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += chunk.length;
    if (bytes > replyBytesMax) throw new RotatorFailed("The rotator's reply is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What a function threw, or the service said: ": ValueError: no such secret". */
function said(text: string): string {
  try {
    const { errorType, errorMessage, message, Message } = JSON.parse(text);
    // Our own rotators' errors are words for people, and their name adds nothing.
    const name = errorType === "RotationFailure" ? "" : errorType;
    const parts = [name, errorMessage ?? message ?? Message];
    return parts
      .map((part) => (typeof part === "string" && part !== "" ? `: ${part}` : ""))
      .join("");
  } catch {
    return "";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new RotatorFailed("The rotator's reply is no JSON", fault);
  }
}
