/**
 * Server-Sent Events, piece by piece as they arrive, with bounded memory.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */

export interface ServerSentEvent {
  /** "message" where the stream names none. */
  readonly event: string;
  readonly data: string;
}

/** Many times what a change takes. */
const charactersMax = 65_536;

export class EventStreamParser {
  /** Moves with every block that has an id, also with those that are no event. */
  lastEventId: string;
  #line = "";
  #endedWithReturn = false;
  #id: string | undefined;
  #event = "";
  #data: string[] = [];
  #characters = 0;

  constructor(lastEventId: string) {
    this.lastEventId = lastEventId;
  }

  /** Throws RangeError where an event has no end. */
  *push(piece: string): Generator<ServerSentEvent> {
    // The line feed of a pair that was cut in two belongs to the line before.
    const text = this.#endedWithReturn && piece.startsWith("\n") ? piece.slice(1) : piece;
    if (piece !== "") this.#endedWithReturn = piece.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    const rest = lines.pop() ?? "";
    for (const line of lines) {
      this.#count(line);
      const whole = this.#line + line;
      this.#line = "";
      if (whole !== "") this.#take(whole);
      else yield* this.#dispatch();
    }
    this.#count(rest);
    this.#line += rest;
  }

  #count(text: string): void {
    this.#characters += text.length;
    if (this.#characters > charactersMax) throw new RangeError("an event is too long");
  }

  #take(line: string): void {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
  }

  *#dispatch(): Generator<ServerSentEvent> {
    const data = this.#data;
    const event = this.#event || "message";
    this.lastEventId = this.#id ?? this.lastEventId;
    this.#data = [];
    this.#event = "";
    this.#characters = 0;
    if (data.length > 0) yield { event, data: data.join("\n") };
  }
}
