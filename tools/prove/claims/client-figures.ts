/** The client's figures, measured beside Powertools parameters, middy and lru-cache in one run. */
import { fullSize, measureClient, reducedSize } from "../../bench/client/measure.ts";
import { clientReport, smallestObjectBytes } from "../../bench/client/report.ts";
import { type Claim, demand } from "../claim.ts";

/** Times are those of the full size, on a machine of the report's kind that does nothing else. */
const reach = {
  peekNanoseconds: 50,
  hitNanoseconds: 200,
  seenMilliseconds: 1000,
  outageTries: 3,
  importMilliseconds: 20,
  installedBytes: 300_000,
};

/**
 * CI's machines differ in speed and are shared: at reduced size a time may be this many times as
 * long. What it then still shows is a cost of another kind: I/O, a hash, a promise too many.
 */
const leeway = 4;

export const clientFigures: Claim = {
  name: "client-figures",
  says: "the client is cheap enough to ask each time, and asks its store as seldom as can be",
  isMeasured: true,
  async run({ root, isFull, print }) {
    const figures = await measureClient(root, isFull ? fullSize : reducedSize);
    for (const line of clientReport(figures)) print(line);
    const { hits, calls, seenAfter } = figures.contenders["@claviger/client"];
    const [footprint] = figures.footprints;
    const { bytes: peekBytes = Number.NaN } = hits.peek ?? {};
    const { installedBytes = Number.NaN } = footprint ?? {};

    demand(calls.concurrentGets === 1, "1,000 concurrent gets of a cold parameter share no flight");
    demand(calls.differentSecrets === 2, "40 cold secrets of one tick take other than 2 calls");
    demand(calls.outage.errors === 0, "gets fail in an outage although there is a value");
    demand(calls.outage.tries <= reach.outageTries, "100 gets in an outage are more than 3 tries");
    demand(peekBytes < smallestObjectBytes, "peek() allocates");
    demand(installedBytes <= reach.installedBytes, "it takes more than 300 kB when installed");
    // What a busy machine may spoil comes last, so that it hides nothing else.
    const timed = [
      ["peek()", hits.peek?.nanoseconds, reach.peekNanoseconds, "ns"],
      ["an async hit", hits.get.nanoseconds, reach.hitNanoseconds, "ns"],
      ["a rotated value to be seen", seenAfter, reach.seenMilliseconds, "ms"],
      ["the import", footprint?.importMilliseconds, reach.importMilliseconds, "ms"],
    ] as const;
    for (const [what, took = Number.NaN, aim, unit] of timed) {
      const limit = isFull ? aim : aim * leeway;
      print(`${what}: ${took.toFixed(1)} ${unit} (aim ${aim}, limit ${limit})`);
      demand(took <= limit, `${what} takes more than ${limit} ${unit}`);
    }
  },
};
