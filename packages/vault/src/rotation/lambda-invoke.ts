/**
 * Lambda's Invoke API from the caller's side: a JSON event to a function, and its JSON reply.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
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
/** So that what forwards connections doesn't forget one on which a long step is waited for. */
const keepAliveMilliseconds = 60_000;

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
  const { status, error, text } = await exchanged({ url, headers: signed, body, signal });
  if (status !== 200)
    throw new RotatorFailed(`The rotator answered with HTTP ${status}${said(text)}`);
  if (error !== undefined) throw new RotatorFailed(said(text).slice(2) || error);
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

interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

async function exchanged(post: Post) {
  try {
    const reply = await replyTo(post);
    const error = reply.headers["x-amz-function-error"]?.toString();
    return { status: reply.statusCode, error, text: await bounded(reply) };
  } catch (fault) {
    if (fault instanceof RotatorFailed) throw fault;
    const isLate = post.signal.aborted && post.signal.reason?.name === "TimeoutError";
    const reason = isLate ? "The rotator did not answer in time" : "The rotator can't be reached";
    throw new RotatorFailed(reason, fault);
  }
}

/** Not by `fetch`, which waits for five minutes at most: a function may take fifteen. */
function replyTo({ url, headers, body, signal }: Post): Promise<IncomingMessage> {
  const { request } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    // A connection of its own: one that was kept may be dead, and a step isn't sent twice for that.
    const options = { method: "POST", headers, signal, agent: false } as const;
    const asked = request(url, options, resolve);
    asked.on("error", reject);
    // Of an answer that switches protocols nothing else is heard.
    asked.on("close", () => reject(new Error("the connection ended without a reply")));
    asked.on("socket", (socket) => socket.setKeepAlive(true, keepAliveMilliseconds));
    asked.end(body);
  });
}

async function bounded(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply) {
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
