/** Time and randomness, injected so that tests can hold both still. */
import { randomBytes, randomUUID } from "node:crypto";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Randomness {
  bytes(count: number): Buffer;
  /** A version 4 UUID in lower case. */
  uuid(): string;
}

export const systemClock: Clock = { now: () => Date.now() };

export const systemRandomness: Randomness = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
};
