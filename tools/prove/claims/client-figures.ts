/** The client's figures, measured beside Powertools parameters, middy and lru-cache in one run. */
import { fullSize, measureClient, reducedSize } from "../../bench/client/measure.ts";
import { clientReport, smallestObjectBytes } from "../../bench/client/report.ts";
import { type Claim, demand } from "../claim.ts";

const reach = {
  peekNanoseconds: 50,
  hitNanoseconds: 200,
  seenMilliseconds: 1000,
  outageTries: 3,
  importMilliseconds: 20,
  installedBytes: 300_000,
};

export const clientFigures: Claim = {
  name: "client-figures",
  says: "the client is cheap enough to ask each time, and asks its store as seldom as can be",
  isMeasured: true,
  async run({ root, isFull, print }) {
    const figures = await measureClient(root, isFull ? fullSize : reducedSize);
    for (const line of clientReport(figures)) print(line);
    const { hits, calls, seenAfter } = figures.contenders["@claviger/client"];
    const [footprint] = figures.footprints;
    const { peek = { nanoseconds: Number.NaN, bytes: Number.NaN } } = hits;
    const { importMilliseconds = Number.NaN, installedBytes = Number.NaN } = footprint ?? {};

    demand(calls.concurrentGets === 1, "1,000 concurrent gets of a cold parameter share no flight");
    demand(calls.differentSecrets === 2, "40 cold secrets of one tick take other than 2 calls");
    demand(calls.outage.errors === 0, "gets fail in an outage although there is a value");
    demand(calls.outage.tries <= reach.outageTries, "100 gets in an outage are more than 3 tries");
    demand(peek.bytes < smallestObjectBytes, "peek() allocates");
    demand(installedBytes <= reach.installedBytes, "it takes more than 300 kB when installed");
    // What a busy machine may spoil comes last, so that it hides nothing else.
    demand(peek.nanoseconds <= reach.peekNanoseconds, "peek() takes more than 50 ns");
    demand(hits.get.nanoseconds <= reach.hitNanoseconds, "an async hit takes more than 200 ns");
    demand(
      seenAfter !== undefined && seenAfter < reach.seenMilliseconds,
      "a rotated value is not seen within a second",
    );
    demand(importMilliseconds <= reach.importMilliseconds, "the import takes more than 20 ms");
  },
};
