/**
 * A roll with a grace time built in: AWSCURRENT works at each moment, and goes on working when the
 * grace time of whatever was rolled away is over.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declaredRotators } from "../src/declared/declared-rotators.ts";
import type { Rotator } from "../src/rotator.ts";
import { startLaunchDarkly } from "./stand-ins/launch-darkly.ts";
import { startPaddle } from "./stand-ins/paddle.ts";
import { mishaps, TroubledRuns } from "./troubled-runs.fixture.ts";

const hour = 3_600_000;

/** The real time, and what the test adds to it. */
class LaterClock {
  added = 0;
  readonly now = () => Date.now() + this.added;
}

describe.concurrent.each(["LaunchDarkly", "Paddle"])("%s", (provider) => {
  test("the newest value is AWSCURRENT", async () => {
    const clock = new LaterClock();
    const options = { now: clock.now, requestsPerSecondMax: Number.POSITIVE_INFINITY };
    const isPaddle = provider === "Paddle";
    const paddle = await startPaddle(options);
    const launchDarkly = await startLaunchDarkly(options);
    const standIn = isPaddle ? paddle : launchDarkly;
    const type = isPaddle ? "PaddleApiKey" : "LaunchDarklyAccessToken";
    const rotator = declaredRotators({ Own: { like: type, baseUrl: standIn.url } }).find(
      (each) => each.type === "Own",
    ) as Rotator;
    const { register } = standIn;
    await fc.assert(
      fc.asyncProperty(mishaps, async (all) => {
        const initialSecret = isPaddle
          ? paddle.makeByHand()
          : (launchDarkly.register.make("token")?.value ?? "");
        const first = register.byValue(initialSecret);
        const metadata = isPaddle
          ? { gracePeriodSeconds: "3600" }
          : { tokenId: first?.id ?? "", gracePeriod: "1h" };
        const works = (secret: TroubledRuns["secret"]) =>
          expect(register.byValue(secret.current)).toBeDefined();
        const runs = new TroubledRuns(
          { rotator, standIn, initialSecret, metadata, always: works },
          all,
        );
        for (let isOver = false; !isOver; ) {
          const isDone = await runs.rotate();
          if (isDone) clock.added += 2 * hour;
          works(runs.secret);
          isOver = isDone && !runs.hasMishapsLeft;
        }
        expect(register.live.filter(({ id }) => id === first?.id)).toHaveLength(1);
      }),
      { numRuns: 20 },
    );
    await paddle.close();
    await launchDarkly.close();
  });
});
