/** Where in a rotation a vault is stopped, and who holds the request that has come there until then. */
import type { Passing, Verdict } from "../../harness/interfering-proxy.ts";
import { thrown } from "./failing-steps.ts";
import { stepOf } from "./watched-host.ts";

export type Kind = "overlap" | "one key" | "function";

export interface CrashPoint {
  readonly kind: Kind;
  /** A step, as the rotator is asked for it, or a call at the provider that is part of one. */
  readonly what: string;
  /** Before it is passed on, or when it has taken effect and nobody was told. */
  readonly moment: "before" | "after";
  /** The step that fails first, where the rotation is on its way back by then. */
  readonly failing?: "testSecret";
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

/** The new key is being taken back. */
export const turningPoints: readonly CrashPoint[] = (["overlap", "one key"] as const).flatMap(
  (kind) => bothMoments({ kind, what: "revokeSecret", failing: "testSecret" }),
);

export const everyCrashPoint: readonly CrashPoint[] = [
  ...(Object.keys(places) as Kind[]).flatMap((kind) =>
    places[kind].flatMap((what) => bothMoments({ kind, what })),
  ),
  ...turningPoints,
];

function bothMoments(point: Omit<CrashPoint, "moment">): CrashPoint[] {
  return [
    { ...point, moment: "before" },
    { ...point, moment: "after" },
  ];
}

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

/**
 * Where one stands still and comes back. At steps alone: the rotators' host takes the steps of a
 * secret one after the other, so that nobody else's would come about before.
 */
export const stallPoints: readonly CrashPoint[] = [
  { kind: "overlap", what: "createSecret", moment: "before" },
  { kind: "overlap", what: "finishSecret", moment: "after" },
  { kind: "overlap", what: "revokeSecret", moment: "before" },
  { kind: "one key", what: "setSecret", moment: "before" },
  { kind: "one key", what: "finishSecret", moment: "before" },
  { kind: "one key", what: "revokeSecret", moment: "before", failing: "testSecret" },
  { kind: "function", what: "createSecret", moment: "before" },
  { kind: "function", what: "finishSecret", moment: "after" },
];

/** Holds the first request that comes to a point; all others pass. */
export class Hold {
  readonly reached: Promise<void>;
  readonly #point: CrashPoint;
  readonly #released: Promise<void>;
  readonly #verdict: Verdict;
  #isDue = true;
  #reach: () => void;
  /** The vault is gone, and whoever asked gets no reply; or it is back, and all goes on. */
  release: () => void;

  constructor(point: CrashPoint, verdict: "hang up" | "pass") {
    this.#point = point;
    this.#verdict = verdict;
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.reached = reached.promise;
    this.#reach = reached.resolve;
    this.#released = released.promise;
    this.release = released.resolve;
  }

  async meet(passing: Passing): Promise<Verdict> {
    const { what, moment, failing } = this.#point;
    const step = stepOf(passing);
    if (step !== undefined && step === failing && passing.moment === "before") return thrown;
    const isHere = step === what || `${passing.method} ${passing.path}`.startsWith(what);
    if (!this.#isDue || passing.moment !== moment || !isHere) return "pass";
    this.#isDue = false;
    this.#reach();
    await this.#released;
    return this.#verdict;
  }
}
