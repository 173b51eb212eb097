import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LimitKind, Rates } from "./rates.ts";
import { type Asked, Throttle } from "./throttle.ts";
import { isSpent, TokenBuckets, takeFrom } from "./token-buckets.ts";

const noRates: Rates = { account: undefined, principal: undefined, operations: new Map() };
const asked: Asked = { accountId: "1", principal: "ana", operation: "ssm:GetParameter" };

/**
 * What a token bucket promises, without a bucket: in no span of time that ends now are there more
 * than the burst and the rate times the span. It remembers every request that was admitted.
 */
class NaiveThrottle {
  readonly #rates: Rates;
  readonly #admitted: (Asked & { readonly at: number })[] = [];

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  spent(request: Asked, now: number): LimitKind | undefined {
    const { account, principal, operations } = this.#rates;
    const isSpent = (rate: number | undefined, counts: (earlier: Asked) => boolean) =>
      rate !== undefined && !this.#isWithin(rate, counts, now);
    const ofAccount = (earlier: Asked) => earlier.accountId === request.accountId;
    if (isSpent(account, ofAccount)) return "account";
    if (isSpent(principal, (earlier) => earlier.principal === request.principal)) {
      return "principal";
    }
    const rate = operations.get(request.operation);
    if (isSpent(rate, (one) => ofAccount(one) && one.operation === request.operation)) {
      return "operation";
    }
    this.#admitted.push({ ...request, at: now });
    return undefined;
  }

  #isWithin(rate: number, counts: (earlier: Asked) => boolean, now: number): boolean {
    const times = this.#admitted.filter(counts).map(({ at }) => at);
    return [...times, now].every((since) => {
      const count = times.filter((at) => at >= since).length + 1;
      return count * 1000 <= rate * 1000 + rate * (now - since);
    });
  }
}

describe("a throttle", () => {
  it("admits everything where there are no rates", () => {
    const throttle = new Throttle(noRates);
    for (let count = 0; count < 10_000; count += 1) {
      expect(throttle.spent(asked, 0)).toBeUndefined();
    }
  });

  it("admits a second's worth at once and then evenly", () => {
    const throttle = new Throttle({ ...noRates, account: 4 });
    const admitted = (now: number) => throttle.spent(asked, now) === undefined;
    expect([0, 0, 0, 0, 0].map(admitted)).toEqual([true, true, true, true, false]);
    expect([249, 250, 250, 499, 500].map(admitted)).toEqual([false, true, false, false, true]);
  });

  it("takes nothing of the other limits for what it refuses", () => {
    const throttle = new Throttle({ ...noRates, account: 2, principal: 1 });
    expect(throttle.spent(asked, 0)).toBeUndefined();
    expect(throttle.spent(asked, 0)).toBe("principal");
    expect(throttle.spent({ ...asked, principal: "ben" }, 0)).toBeUndefined();
    expect(throttle.spent({ ...asked, principal: "cleo" }, 0)).toBe("account");
  });

  it("counts an operation by account, and others not at all", () => {
    const throttle = new Throttle({ ...noRates, operations: new Map([[asked.operation, 1]]) });
    expect(throttle.spent(asked, 0)).toBeUndefined();
    expect(throttle.spent({ ...asked, principal: "ben" }, 0)).toBe("operation");
    expect(throttle.spent({ ...asked, accountId: "2" }, 0)).toBeUndefined();
    expect(throttle.spent({ ...asked, operation: "ssm:PutParameter" }, 0)).toBeUndefined();
  });

  it("goes on when the clock is set back", () => {
    const throttle = new Throttle({ ...noRates, account: 1 });
    expect(throttle.spent(asked, 3_600_000)).toBeUndefined();
    expect(throttle.spent(asked, 0)).toBe("account");
    expect(throttle.spent(asked, 1000)).toBeUndefined();
  });

  it("admits exactly what a naive model does", () => {
    const rate = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined });
    const requests = fc.array(
      fc.record({
        accountId: fc.constantFrom("1", "2"),
        principal: fc.constantFrom("ana", "ben", "cleo"),
        operation: fc.constantFrom("ssm:GetParameter", "kms:Decrypt"),
        after: fc.integer({ min: 0, max: 700 }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(rate, rate, rate, requests, (account, principal, operation, arriving) => {
        const operations = new Map(operation ? [["ssm:GetParameter", operation]] : []);
        const rates = { account, principal, operations };
        const [throttle, naive] = [new Throttle(rates), new NaiveThrottle(rates)];
        let now = 1_000_000;
        for (const { after, ...request } of arriving) {
          now += after;
          expect(throttle.spent(request, now)).toBe(naive.spent(request, now));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("token buckets", () => {
  it("remember no more keys than they may, and always those used last", () => {
    const buckets = new TokenBuckets(1, 100);
    takeFrom(buckets.at("hot", 0));
    for (let key = 0; key < 10_000; key += 1) {
      takeFrom(buckets.at(String(key), 0));
      if (key % 10 === 0) expect(isSpent(buckets.at("hot", 0))).toBe(true);
    }
    expect(buckets.size).toBeLessThanOrEqual(100);
  });
});
