/**
 * A provider with one key: its value is never lost, and readers who try AWSCURRENT and AWSPENDING
 * find it, but for the moment between the provider's roll and the vault's hearing of it.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { declaredRotators } from "../src/declared/declared-rotators.ts";
import type { Rotator } from "../src/rotator.ts";
import { type OneKeyStandIn, startOneKey } from "./stand-ins/one-key.ts";
import {
  type Mishap,
  mishaps,
  TroubledRuns,
  type TroubledRunsOptions,
} from "./troubled-runs.fixture.ts";

let provider: OneKeyStandIn;
let rotators: ReadonlyMap<string, Rotator>;

beforeAll(async () => {
  provider = await startOneKey({ requestsPerSecondMax: Number.POSITIVE_INFINITY });
  const one = {
    title: "The only key",
    documentation: "https://docs.one.example/key",
    baseUrl: provider.url,
    authentication: { headers: { authorization: "Bearer {credential}" } },
    strategy: "oneKey",
    test: { method: "GET", path: "/me" },
  };
  const own = {
    RolledOnly: { ...one, roll: { method: "POST", path: "/key/roll", key: "/key" } },
    ChosenOnly: {
      ...one,
      set: { method: "PUT", path: "/key", json: { key: "{newKey}" } },
      generate: { length: 40 },
    },
  };
  rotators = new Map(declaredRotators(own).map((rotator) => [rotator.type, rotator]));
});
afterAll(() => provider.close());

function troubled(
  type: string,
  all: readonly Mishap[],
  rest: Pick<TroubledRunsOptions, "adminSecret" | "always">,
) {
  const [live] = provider.register.live;
  const rotator = rotators.get(type) as Rotator;
  const initialSecret = live?.value ?? "";
  return new TroubledRuns({ rotator, standIn: provider, initialSecret, ...rest }, all);
}

const works = (secret: string | undefined) => provider.register.byValue(secret) !== undefined;

describe("whose value the provider makes up", () => {
  test("is AWSCURRENT after each rotation that an admin's credential makes", async () => {
    await fc.assert(
      fc.asyncProperty(mishaps, async (all) => {
        const runs = troubled("RolledOnly", all, { adminSecret: provider.adminCredential });
        for (let isOver = false; !isOver; ) {
          const isDone = await runs.rotate();
          // A rotation that fails keeps the new value: there is no way back to the old one.
          const isKnown = [...runs.secret.values.values()].some(works);
          expect(works(runs.secret.current)).toBe(isDone || isKnown);
          isOver = isDone && !runs.hasMishapsLeft;
        }
        expect(provider.register.live).toHaveLength(1);
      }),
      { numRuns: 15 },
    );
  });
});

describe("whose value we choose", () => {
  test.each(["itself", "an admin"])("always works, managed by %s", async (manager) => {
    await fc.assert(
      fc.asyncProperty(mishaps, async (all) => {
        const runs = troubled("ChosenOnly", all, {
          ...(manager !== "itself" && { adminSecret: provider.adminCredential }),
          always: ({ current, pending }) => expect(works(current) || works(pending)).toBe(true),
        });
        for (let isOver = false; !isOver; ) {
          isOver = (await runs.rotate()) && !runs.hasMishapsLeft;
          expect(works(runs.secret.current)).toBe(true);
        }
        expect(provider.register.live).toHaveLength(1);
      }),
      { numRuns: 15 },
    );
  });
});
