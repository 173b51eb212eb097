/** Writes the replies of a connection in the order of its requests, and ends it behind the last. */
import type { HttpReply, StreamedReply } from "../message.ts";
import type { Connection } from "./connection.ts";
import type { Incoming } from "./incoming.ts";
import type { HttpLimits } from "./limits.ts";
import type { Logger } from "./logger.ts";
import { refuseUnreadable, send } from "./reply.ts";
import { isStreamed, stream } from "./streaming.ts";

export class ReplyWriter {
  readonly #limits: HttpLimits;
  readonly #logger: Logger;
  readonly #streams = new Set<StreamedReply>();
  #isLeaving = false;
  #isDraining = false;

  constructor(limits: HttpLimits, logger: Logger) {
    this.#limits = limits;
    this.#logger = logger;
  }

  /** From now on every connection ends with its last reply. */
  leave(): void {
    this.#isLeaving = true;
  }

  /** So do streams, at once. */
  drain(): void {
    this.leave();
    this.#isDraining = true;
    for (const { body } of this.#streams) body.close();
  }

  /** Those whose turn it is. */
  write(connection: Connection): void {
    const { unanswered } = connection;
    while (!connection.isStreaming) {
      const [next] = unanswered;
      if (next?.reply === undefined) break;
      unanswered.shift();
      this.#write(next, next.reply);
    }
    if (unanswered.length === 0 && !connection.isStreaming) this.#refuse(connection);
    allowBody(connection);
  }

  /** Behind the last reply: what came after its request could not be read. */
  #refuse(connection: Connection): void {
    const { socket, unreadable } = connection;
    if (unreadable === undefined || !socket.writable) return;
    refuseUnreadable(socket, unreadable);
    connection.end();
  }

  #write({ connection, head, isOfPipeline, isComplete }: Incoming, reply: HttpReply): void {
    const { socket } = connection;
    const settle = isOfPipeline ? connection.settle : connection.settleElsewhere;
    if (!socket.writable) {
      // Gone, or ended behind a stream: writing would tear down what is still on its way.
      if (isStreamed(reply)) reply.body.close();
      settle();
      return;
    }
    if (isStreamed(reply)) {
      void this.#stream(connection, reply, head.isOld);
      return;
    }
    if (!isComplete) {
      connection.isEnding = true;
      connection.isLingering = true;
    }
    const isLast =
      (connection.isEnding || this.#isLeaving) &&
      connection.unanswered.length === 0 &&
      connection.unreadable === undefined;
    // Whatever arrives behind it is another connection's.
    if (isLast) connection.isEnding = true;
    try {
      const how = { isLast, hasBody: head.method !== "HEAD" };
      send(socket, reply, how, this.#limits, settle);
    } catch (fault) {
      this.#endUnwritable(connection, reply, fault);
      settle();
    }
    if (isLast && isComplete) connection.end();
  }

  /** A header can't be written: nothing readable can be said on this connection. */
  #endUnwritable({ socket }: Connection, { status }: HttpReply, fault: unknown): void {
    this.#logger.fault(fault, { status });
    socket.destroy();
  }

  async #stream(connection: Connection, reply: StreamedReply, isOld: boolean): Promise<void> {
    connection.isEnding = true;
    connection.isStreaming = true;
    this.#streams.add(reply);
    if (this.#isDraining) reply.body.close();
    try {
      await stream(connection.socket, reply, isOld, this.#limits.unreadMilliseconds);
    } catch (fault) {
      this.#endUnwritable(connection, reply, fault);
      reply.body.close();
    }
    this.#streams.delete(reply);
    connection.isStreaming = false;
    connection.end();
    connection.settle();
    // What was sent together with the stream's request gets no reply, but is done with.
    this.write(connection);
  }
}

/** Once those before it are answered, or the client would be told in the midst of their replies. */
export function allowBody({ unanswered: [next], socket, isStreaming }: Connection): void {
  if (next?.awaitsContinue !== true || isStreaming || !socket.writable) return;
  next.awaitsContinue = false;
  socket.write("HTTP/1.1 100 Continue\r\n\r\n");
}
