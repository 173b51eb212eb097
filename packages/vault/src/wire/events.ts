/**
 * Server-Sent Events: what a reply that goes on looks like on the wire.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
import { EventStream, type ServerSentEvent } from "../event-stream.ts";
import type { StreamedReply } from "../message.ts";

export function eventStreamReply(requestId: string, events: EventStream): StreamedReply {
  const { quietMilliseconds: quiet } = events;
  return {
    status: 200,
    headers: {
      "x-amzn-RequestId": requestId,
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
      // Else nginx would keep events back until it has a bufferful.
      "X-Accel-Buffering": "no",
      ...(quiet !== undefined && { "X-Claviger-Quiet-Milliseconds": String(quiet) }),
    },
    body: new EventStream(spelled(events.pieces), events.close),
  };
}

async function* spelled(events: AsyncIterable<ServerSentEvent>): AsyncGenerator<string> {
  for await (const event of events) yield spell(event);
}

/** No member has a line break: ids and names are ours, and JSON escapes them. */
function spell({ id, event, data }: ServerSentEvent): string {
  const lines = [
    ...(data === undefined ? [": heartbeat"] : []),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    ...(data === undefined ? [] : [`data: ${JSON.stringify(data)}`]),
  ];
  return `${lines.join("\n")}\n\n`;
}
