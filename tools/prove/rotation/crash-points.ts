/** Where in a rotation a vault is killed, and who holds the request that has come there until it is. */
import type { Passing, Verdict } from "../../harness/interfering-proxy.ts";
import { stepOf } from "./watched-host.ts";

export type Kind = "overlap" | "one key" | "function";

export interface CrashPoint {
  readonly kind: Kind;
  /** A step, as the rotator is asked for it, or a call at the provider that is part of one. */
  readonly what: string;
  /** Before it is passed on, or when it has taken effect and nobody was told. */
  readonly moment: "before" | "after";
}

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"];
const places: Readonly<Record<Kind, readonly string[]>> = {
  overlap: [
    ...steps,
    "revokeSecret",
    "POST /v1/tokens",
    "GET /v1/tokens/self",
    "DELETE /v1/tokens",
  ],
  "one key": [...steps, "PUT /v1/tokens/only", "GET /v1/tokens/self"],
  function: [...steps, "POST /v1/tokens", "GET /v1/tokens/self"],
};

export const everyCrashPoint: readonly CrashPoint[] = (Object.keys(places) as Kind[]).flatMap(
  (kind) =>
    places[kind].flatMap((what) => [
      { kind, what, moment: "before" },
      { kind, what, moment: "after" },
    ]),
) as CrashPoint[];

/** Those at which most is at stake: something has been done, and nobody knows. */
export const worstCrashPoints: readonly CrashPoint[] = [
  { kind: "overlap", what: "POST /v1/tokens", moment: "after" },
  { kind: "overlap", what: "testSecret", moment: "before" },
  { kind: "overlap", what: "finishSecret", moment: "after" },
  { kind: "overlap", what: "DELETE /v1/tokens", moment: "after" },
  { kind: "one key", what: "createSecret", moment: "after" },
  { kind: "one key", what: "PUT /v1/tokens/only", moment: "after" },
  { kind: "function", what: "POST /v1/tokens", moment: "after" },
  { kind: "function", what: "finishSecret", moment: "after" },
];

/** Holds the first request that comes to a point; all others pass. */
export class Hold {
  readonly reached: Promise<void>;
  readonly #point: CrashPoint;
  readonly #released: Promise<void>;
  #isDue = true;
  #reach: () => void;
  /** The vault is gone: whoever asked gets no reply. */
  release: () => void;

  constructor(point: CrashPoint) {
    this.#point = point;
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.reached = reached.promise;
    this.#reach = reached.resolve;
    this.#released = released.promise;
    this.release = released.resolve;
  }

  async meet(passing: Passing): Promise<Verdict> {
    const { what, moment } = this.#point;
    const isHere = stepOf(passing) === what || `${passing.method} ${passing.path}`.startsWith(what);
    if (!this.#isDue || passing.moment !== moment || !isHere) return "pass";
    this.#isDue = false;
    this.#reach();
    await this.#released;
    return "hang up";
  }
}
