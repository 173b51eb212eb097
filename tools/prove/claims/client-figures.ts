/** The client's figures, measured beside Powertools parameters, middy and lru-cache in one run. */
import { fullSize, measureClient, reducedSize } from "../../bench/client/measure.ts";
import { clientReport, smallestObjectBytes } from "../../bench/client/report.ts";
import { type Claim, demand } from "../claim.ts";

const outageTriesMax = 3;
const installedBytesMax = 300_000;
const seenMillisecondsMax = 1000;

const noFootprint = { importMilliseconds: Number.NaN, installedBytes: Number.NaN };

/**
 * Beside what the same run measures of the machine itself and of the usual library. Where a clock
 * takes 45 ns and Powertools' import 100 ms, these are `times`; other machines have them in proportion.
 */
const ratios = { peekToClock: 1.1, hitToClock: 4.4, importToPowertools: 0.2 };

/** Judged at full size, on a machine of the report's kind that does nothing else. */
const times = { peekNanoseconds: 50, hitNanoseconds: 200, importMilliseconds: 20 };

export const clientFigures: Claim = {
  name: "client-figures",
  says: "the client is cheap enough to ask each time, and asks its store as seldom as can be",
  isMeasured: true,
  async run({ root, isFull, print }) {
    const figures = await measureClient(root, isFull ? fullSize : reducedSize);
    for (const line of clientReport(figures)) print(line);
    const { hits, calls, seenAfter = Number.NaN } = figures.contenders["@claviger/client"];
    const { peek = { nanoseconds: Number.NaN, bytes: Number.NaN }, get, clock } = hits;
    const [own = noFootprint, powertools = noFootprint] = figures.footprints;

    demand(calls.concurrentGets === 1, "1,000 concurrent gets of a cold parameter share no flight");
    demand(calls.differentSecrets === 2, "40 cold secrets of one tick take other than 2 calls");
    demand(calls.outage.errors === 0, "gets fail in an outage although there is a value");
    demand(calls.outage.tries <= outageTriesMax, "100 gets in an outage are more than 3 tries");
    demand(peek.bytes < smallestObjectBytes, "peek() allocates");
    demand(own.installedBytes <= installedBytesMax, "it takes more than 300 kB when installed");
    // What a busy machine may spoil comes last, so that it hides nothing else.
    demand(seenAfter < seenMillisecondsMax, "a rotated value is not seen within a second");
    const within = (what: string, ratio: number, max: number) => {
      print(`${what}: ${ratio.toFixed(2)} (at most ${max})`);
      demand(ratio <= max, `${what} is more than ${max}`);
    };
    within("peek() beside the clock", peek.nanoseconds / clock.nanoseconds, ratios.peekToClock);
    within("an async hit beside the clock", get.nanoseconds / clock.nanoseconds, ratios.hitToClock);
    within(
      "the import beside Powertools'",
      own.importMilliseconds / powertools.importMilliseconds,
      ratios.importToPowertools,
    );
    if (!isFull) return;
    demand(peek.nanoseconds <= times.peekNanoseconds, "peek() takes more than 50 ns");
    demand(get.nanoseconds <= times.hitNanoseconds, "an async hit takes more than 200 ns");
    demand(own.importMilliseconds <= times.importMilliseconds, "the import takes more than 20 ms");
  },
};
