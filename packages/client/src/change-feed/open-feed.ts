/**
 * One connection to the change feed. By node:http instead of fetch, for a socket of fetch's would
 * keep the process alive for as long as the feed is open.
 */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { KeptCredentials } from "../credentials/kept-credentials.ts";
import { outputOf } from "../transport/aws-json.ts";
import type { ClockOffset } from "../transport/clock-offset.ts";
import { isOfEndedCredentials } from "../transport/failures.ts";
import { signed } from "../transport/signature.ts";
import { TransportError } from "../transport/transport.ts";

export interface FeedSource {
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: KeptCredentials;
  readonly clock: ClockOffset;
}

export interface Feed {
  /** The stream's text as it comes. */
  readonly pieces: AsyncIterable<string>;
  /** For how long nothing had changed when it was opened; 0 where the vault does not say. */
  readonly quietMilliseconds: number;
}

const answerMillisecondsMax = 10_000;
/** Three heartbeats of the vault's: whoever says nothing for so long has gone. */
const silenceMillisecondsMax = 45_000;
/** Of a refusal. */
const charactersMax = 65_536;

/**
 * undefined where there is no feed, or none for this reader. Rejects where it can't be said: then it
 * is worth another try soon.
 */
export async function openFeed(
  source: FeedSource,
  lastEventId: string,
  signal: AbortSignal,
): Promise<Feed | undefined> {
  const { endpoint, region, credentials, clock } = source;
  const url = new URL(`${endpoint.pathname.replace(/\/$/, "")}/changes`, endpoint);
  const current = await credentials.get(signal);
  const date = clock.now();
  const { headers } = await signed(
    {
      method: "GET",
      url,
      headers: {
        Accept: "text/event-stream",
        ...(lastEventId && { "Last-Event-ID": lastEventId }),
      },
    },
    { service: "claviger", region, credentials: current, date },
  );
  const reply = await answered(url, headers, signal);
  const isFeed = reply.headers["content-type"]?.startsWith("text/event-stream") === true;
  if (reply.statusCode === 200 && isFeed) {
    const quiet = reply.headers["x-claviger-quiet-milliseconds"];
    return { pieces: reply, quietMilliseconds: Number(quiet) || 0 };
  }
  const refusal = await refusalIn(reply);
  const isMended =
    clock.corrects(refusal.code, reply.headers.date ?? null, date) ||
    (isOfEndedCredentials(refusal.code) && (await credentials.renew(current, signal)));
  if (isMended || refusal.kind === "throttled" || (reply.statusCode ?? 0) >= 500) throw refusal;
  return undefined;
}

/** Resolves with the reply's head; its body ends with an error where the vault falls silent. */
function answered(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const open = url.protocol === "https:" ? httpsRequest : httpRequest;
  const request: ClientRequest = open(url, { headers, signal, agent: false });
  const give = (up: string) => () => request.destroy(new Error(up));
  const timer = setTimeout(give("no answer"), answerMillisecondsMax).unref();
  request
    .on("socket", (socket) => socket.unref())
    .setTimeout(silenceMillisecondsMax, give("silence"))
    .on("response", resolve)
    // Stays, for what happens to the connection later: the reader hears of that from the body.
    .on("error", reject)
    .end();
  return promise.finally(() => clearTimeout(timer)).then((reply) => reply.setEncoding("utf8"));
}

/** What isn't AWS's has no code, but says just as well that here is no feed. */
async function refusalIn(reply: IncomingMessage): Promise<TransportError> {
  let text = "";
  for await (const piece of reply) {
    text += piece;
    if (text.length > charactersMax) break;
  }
  const headers = new Headers();
  const type = reply.headers["x-amzn-errortype"];
  if (typeof type === "string") headers.set("x-amzn-errortype", type);
  try {
    outputOf({ status: reply.statusCode ?? 0, headers, text });
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  }
  return new TransportError("Unreadable", "the reply is no stream of events", { kind: "refused" });
}
