/**
 * One HTTP request and its whole reply, bounded in time and size. Whatever goes wrong on the way is
 * an outage: nothing was decided. Redirects are never followed: a signature, or a token, is for one
 * host only.
 */
import { TransportError } from "./transport.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface ExchangeLimits {
  readonly timeoutMilliseconds: number;
  /** The caller's: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Twenty secrets of 64 KB in one reply, every byte of them written as \u0000, are half of it. */
const bodyBytesMax = 16 * 1024 * 1024;

export async function exchange(
  { method, url, headers, body }: HttpRequest,
  { timeoutMilliseconds, signal }: ExchangeLimits,
): Promise<HttpReply> {
  signal?.throwIfAborted();
  const attempt = new AbortController();
  const abandon = () => attempt.abort(signal?.reason);
  const timer = setTimeout(() => attempt.abort(timedOut(url)), timeoutMilliseconds);
  signal?.addEventListener("abort", abandon, { once: true });
  try {
    const reply = await fetch(url, {
      method,
      headers,
      body: body ?? null,
      redirect: "manual",
      signal: attempt.signal,
    });
    const text = await wholeText(reply);
    if (reply.status >= 300 && reply.status < 400) throw redirected(url, reply.status);
    return { status: reply.status, headers: reply.headers, text };
  } catch (error) {
    if (attempt.signal.aborted) throw attempt.signal.reason;
    throw error instanceof TransportError ? error : unreachable(url, error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abandon);
  }
}

async function wholeText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    if (bytes > bodyBytesMax) throw unreadable(`the reply is longer than ${bodyBytesMax} bytes`);
    text += decoded(decoder, piece, true);
  }
  return text + decoded(decoder, new Uint8Array(), false);
}

function decoded(decoder: TextDecoder, piece: Uint8Array, stream: boolean): string {
  try {
    return decoder.decode(piece, { stream });
  } catch {
    throw unreadable("the reply is not UTF-8");
  }
}

/** The reply was not what its protocol says, so it decided nothing. */
export function unreadable(message: string): TransportError {
  return new TransportError("Unreadable", message, { kind: "outage" });
}

function redirected(url: URL, status: number): TransportError {
  return unreadable(`${url.origin} answered with a redirect (${status}), which is not followed`);
}

function timedOut(url: URL): TransportError {
  return new TransportError("TimedOut", `${url.origin} did not answer in time`, { kind: "outage" });
}

/** Only the system's code is told: fetch's own errors may quote what was received. */
function unreachable(url: URL, error: unknown): TransportError {
  const { cause } = error as { cause?: { code?: unknown } };
  const code = typeof cause?.code === "string" ? `: ${cause.code}` : "";
  const message = `${url.origin} can't be reached, or broke off its reply${code}`;
  return new TransportError("Unreachable", message, { kind: "outage" });
}
