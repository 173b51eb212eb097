/** A reply that goes on: events as they happen, until either side has had enough. */

/** One event as Server-Sent Events have it. Without `data` it only moves the reader's last id. */
export interface ServerSentEvent {
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  /** Sent as JSON. */
  readonly data?: unknown;
}

/**
 * Whoever has one either reads it to its end or closes it. It may be closed at any time and more
 * than once, also where nothing was read yet.
 */
export class EventStream<Piece = ServerSentEvent> {
  readonly pieces: AsyncIterable<Piece>;
  readonly close: () => void;
  /** How long nothing had happened when it was opened, where that is known. */
  readonly quietMilliseconds: number | undefined;

  constructor(pieces: AsyncIterable<Piece>, close: () => void, quietMilliseconds?: number) {
    this.pieces = pieces;
    this.close = close;
    this.quietMilliseconds = quietMilliseconds;
  }
}
