/**
 * The only place from which a provider is called: bounded in time and size, patient with a provider
 * that is busy. No error holds anything that was sent or received.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RotationFailure } from "../rotator.ts";
import type { Authentication, Call } from "./description.ts";
import { type Bindings, fillJson, fillPath, fillText, fillTexts } from "./template.ts";

const limits = {
  attempts: 4,
  attemptMilliseconds: 10_000,
  replyBytes: 4 * 1024 * 1024,
  /** A provider that asks for more is asked again by the rotation's next try. */
  waitMilliseconds: 20_000,
} as const;

const firstWaitMilliseconds = 100;
const unavailable: ReadonlySet<number> = new Set([502, 503, 504]);

export interface Provider {
  readonly baseUrl: URL;
  readonly authentication: Authentication;
  readonly signal: AbortSignal;
}

/** Whatever its status is. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined where the body is empty or no JSON. */
  readonly document: unknown;
}

/** `url` where it isn't the call's own: the next page of a list. Throws RotationFailure. */
export async function send(
  provider: Provider,
  call: Call,
  bindings: Bindings,
  url = urlOf(provider, call, bindings),
): Promise<Reply> {
  const request = requestOf(provider, call, bindings);
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(url, request, provider.signal);
    const isLast = attempt === limits.attempts;
    if (outcome instanceof Response) {
      const wait = waitOf(outcome, attempt);
      const isWorthwhile = !isLast && wait <= limits.waitMilliseconds;
      if (!isWorthwhile || !mayBeRepeated(call, outcome)) return await readReply(outcome, call);
      await outcome.body?.cancel();
      await sleep(wait, undefined, { signal: provider.signal });
    } else {
      if (isLast || !isRepeatable(call)) {
        throw new RotationFailure(`${named(call)} got no answer${outcome.code}.`);
      }
      await sleep(backOff(attempt), undefined, { signal: provider.signal });
    }
  }
}

/** The reply of a call that has to succeed. */
export async function succeed(
  provider: Provider,
  call: Call,
  bindings: Bindings,
  url?: URL,
): Promise<Reply> {
  const reply = await send(provider, call, bindings, url);
  if (isSuccess(reply)) return reply;
  throw unexpected(call, reply);
}

export function isSuccess({ status }: Reply): boolean {
  return status >= 200 && status < 300;
}

export function unexpected(call: Call, { status }: Reply): RotationFailure {
  const why = status === 401 || status === 403 ? ": the credential may not do that" : "";
  return new RotationFailure(`${named(call)} was answered with status ${status}${why}.`);
}

/** As the description has it, nothing filled in. */
export function named({ method, path }: Call): string {
  return `${method} ${path}`;
}

function urlOf({ baseUrl }: Provider, { path, query }: Call, bindings: Bindings): URL {
  const url = new URL(baseUrl);
  url.pathname = `${baseUrl.pathname.replace(/\/$/, "")}${fillPath(path, bindings)}`;
  for (const [name, value] of Object.entries(fillTexts(query ?? {}, bindings))) {
    url.searchParams.set(name, value);
  }
  return url;
}

function requestOf(provider: Provider, call: Call, bindings: Bindings): RequestInit {
  const { idempotencyHeader } = call;
  const headers = {
    accept: "application/json",
    "user-agent": "claviger",
    ...authorization(call.authentication ?? provider.authentication, bindings),
    ...fillTexts(call.headers ?? {}, bindings),
    ...(idempotencyHeader !== undefined && { [idempotencyHeader]: fillText("{name}", bindings) }),
    ...(call.json !== undefined && { "content-type": "application/json" }),
  };
  return {
    method: call.method,
    headers: sendable(headers),
    body: bodyOf(call, bindings),
    redirect: "manual",
  };
}

/** A secret that was read from a file may end with a line feed. */
function sendable(headers: Record<string, string>): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new RotationFailure("No header can hold the secret: is there a line feed in it?");
  }
}

function bodyOf(
  { json, form, multipart }: Call,
  bindings: Bindings,
): string | URLSearchParams | FormData | null {
  if (json !== undefined) return JSON.stringify(fillJson(json, bindings));
  if (form !== undefined) return new URLSearchParams(fillTexts(form, bindings));
  if (multipart === undefined) return null;
  const data = new FormData();
  for (const [name, value] of Object.entries(fillTexts(multipart, bindings))) data.set(name, value);
  return data;
}

function authorization(how: Authentication, bindings: Bindings): Record<string, string> {
  if ("headers" in how) return fillTexts(how.headers, bindings);
  const { user, password } = how.basic;
  const pair = `${fillText(user, bindings)}:${fillText(password, bindings)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Nothing of fetch's own errors is told but the system's code: they may quote a header. */
async function once(
  url: URL,
  request: RequestInit,
  signal: AbortSignal,
): Promise<Response | { code: string }> {
  try {
    const time = AbortSignal.timeout(limits.attemptMilliseconds);
    // One that nobody but `any` listens to may be collected on Node 22.13, and never comes then.
    time.addEventListener("abort", () => {}, { once: true });
    return await fetch(url, { ...request, signal: AbortSignal.any([signal, time]) });
  } catch (error) {
    signal.throwIfAborted();
    const { cause } = error as { cause?: { code?: unknown } };
    return { code: typeof cause?.code === "string" ? ` (${cause.code})` : "" };
  }
}

async function readReply(response: Response, call: Call): Promise<Reply> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    throw new RotationFailure(`${named(call)} was redirected (${status}), which is not followed.`);
  }
  return { status, headers, document: parsed(await readText(response, call)) };
}

async function readText({ body }: Response, call: Call): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of body ?? []) {
      bytes += piece.byteLength;
      if (bytes > limits.replyBytes) break;
      pieces.push(piece);
    }
  } catch {
    throw new RotationFailure(`The answer to ${named(call)} broke off.`);
  }
  if (bytes <= limits.replyBytes) return Buffer.concat(pieces).toString("utf8");
  throw new RotationFailure(
    `The answer to ${named(call)} is longer than ${limits.replyBytes} bytes.`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What was one request too many was not carried out, whatever it was. */
function mayBeRepeated(call: Call, { status }: Response): boolean {
  return status === 429 || (unavailable.has(status) && isRepeatable(call));
}

function isRepeatable({ method, isIdempotent, idempotencyHeader }: Call): boolean {
  return (
    isIdempotent === true ||
    idempotencyHeader !== undefined ||
    method === "GET" ||
    method === "PUT" ||
    method === "DELETE"
  );
}

/** Retry-After is a number of seconds or a date. */
function waitOf({ headers }: Response, attempt: number): number {
  const retryAfter = headers.get("retry-after") ?? "";
  const asked = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(asked) ? backOff(attempt) : Math.max(0, asked);
}

/** Up to twice as long each time, and never the same for two that failed together. */
function backOff(attempt: number): number {
  return firstWaitMilliseconds * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
}
