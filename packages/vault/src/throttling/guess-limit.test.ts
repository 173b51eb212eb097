import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { GuessLimit, type GuessRates, guessRates } from "./guess-limit.ts";

const small: GuessRates = {
  address: { perSecond: 1, burst: 4 },
  claim: { perSecond: 1, burst: 4 },
  pair: { perSecond: 1, burst: 3 },
};

const wrongSecret = () => new ApiError("SignatureDoesNotMatch", "");

function limited(rates: GuessRates = small) {
  const guesses = { wrong: 0, limited: 0 };
  const limit = new GuessLimit(guesses, rates);
  const isAdmitted = (address: string, claim: string, now = 0, isProven = false) => {
    try {
      limit.admit(address, claim, now, isProven);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: "Throttling", message: "Rate exceeded" });
      return false;
    }
  };
  return {
    guesses,
    isAdmitted,
    right: (address: string, claim: string) => limit.right(address, claim),
    /** The code that a wrong one is refused with. */
    guess: (address: string, claim: string, now = 0) =>
      isAdmitted(address, claim, now)
        ? limit.wrong(address, claim, now, wrongSecret()).code
        : "unseen",
    failing: (address: string, claim: string) => limit.wrong(address, claim, 0, wrongSecret()).code,
  };
}

describe("of those who guess", () => {
  it("one address has its burst for one key, and then one a second", () => {
    const { guess, guesses } = limited();
    const codes = [0, 0, 0, 0, 999, 1000, 1000].map((now) => guess("1.1.1.1", "AKIA", now));
    const wrong = "SignatureDoesNotMatch";
    expect(codes).toEqual([wrong, wrong, wrong, "unseen", "unseen", wrong, "unseen"]);
    expect(guesses).toEqual({ wrong: 4, limited: 3 });
  });

  it("no address gets round its burst by naming other keys", () => {
    const { guess } = limited();
    const codes = ["A", "B", "C", "D", "E", "F"].map((key) => guess("1.1.1.1", key));
    expect(codes.filter((code) => code === "unseen")).toHaveLength(2);
  });

  it("nobody gets round it within the /64 of IPv6 that one host may have", () => {
    const { guess, isAdmitted } = limited();
    for (const host of ["1", "2", "ffff:1:2:3"]) guess(`2001:db8::${host}`, "A");
    guess("2001:db8:0:0:9::", "A");
    expect(isAdmitted("2001:db8::5", "A")).toBe(false);
    expect(isAdmitted("2001:db8:0:1::5", "B")).toBe(true);
  });

  it("those checked side by side are told no more than the burst", () => {
    const { failing } = limited();
    const codes = Array.from({ length: 6 }, () => failing("1.1.1.1", "AKIA"));
    expect(codes.filter((code) => code === "SignatureDoesNotMatch")).toHaveLength(3);
    expect(codes.slice(3)).toEqual(["Throttling", "Throttling", "Throttling"]);
  });
});

describe("an owner", () => {
  it("is not counted at all while nothing fails", () => {
    const { isAdmitted, right } = limited();
    for (let count = 0; count < 1000; count += 1) {
      expect(isAdmitted("1.1.1.1", "AKIA")).toBe(true);
      right("1.1.1.1", "AKIA");
    }
  });

  it("has a try from a new address however many guess the key elsewhere", () => {
    const { guess, isAdmitted } = limited();
    for (let host = 1; host < 10; host += 1) guess(`1.1.1.${host}`, "AKIA");
    expect(isAdmitted("2.2.2.2", "AKIA")).toBe(true);
    // Whoever uses it up has been wrong, and waits as the others do.
    guess("2.2.2.2", "AKIA");
    expect(isAdmitted("2.2.2.2", "AKIA")).toBe(false);
  });

  it("who has proved itself goes on where strangers guess at the same address", () => {
    const { guess, isAdmitted, right } = limited();
    right("1.1.1.1", "AKIA");
    for (const key of ["A", "B", "C", "D", "E"]) guess("1.1.1.1", key);
    expect(isAdmitted("1.1.1.1", "AKIA")).toBe(true);
    expect(isAdmitted("1.1.1.1", "ANOTHER")).toBe(false);
  });

  it("with a token that opens goes on there too, though its key is new", () => {
    const { guess, isAdmitted } = limited();
    for (const key of ["A", "B", "C", "D", "E"]) guess("1.1.1.1", key);
    expect(isAdmitted("1.1.1.1", "ASIA", 0, true)).toBe(true);
    expect(isAdmitted("1.1.1.1", "ASIA", 0, false)).toBe(false);
  });

  it("shares its limit with whoever guesses the same key at the same address", () => {
    const { guess, isAdmitted, right } = limited();
    right("1.1.1.1", "AKIA");
    for (let count = 0; count < 3; count += 1) guess("1.1.1.1", "AKIA");
    expect(isAdmitted("1.1.1.1", "AKIA")).toBe(false);
  });
});

it("never lets more guesses be checked than the rates say, whoever else is right", () => {
  const steps = fc.array(
    fc.record({
      address: fc.constantFrom("1.1.1.1", "2.2.2.2", "2001:db8::1", "2001:db8::2"),
      claim: fc.constantFrom("A", "B", "C", "D", "E", "F"),
      isRight: fc.boolean(),
      after: fc.integer({ min: 0, max: 400 }),
    }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const { guess, isAdmitted, right } = limited();
      const checked = new Map<string, number[]>();
      let now = 1_000_000;
      for (const { address, claim, isRight, after } of taken) {
        now += after;
        if (isRight) {
          if (isAdmitted(address, claim, now)) right(address, claim);
        } else if (guess(address, claim, now) === "SignatureDoesNotMatch") {
          const network = address.startsWith("2001") ? "2001" : address;
          const pair = `${network} ${claim}`;
          checked.set(pair, [...(checked.get(pair) ?? []), now]);
        }
      }
      for (const times of checked.values()) {
        for (const [at, since] of times.entries()) {
          for (const [after, until] of times.slice(at).entries()) {
            expect((after + 1) * 1000).toBeLessThanOrEqual(3000 + (until - since));
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

it("holds no more than it may, however long and however many the claims are", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const { guess, guesses, isAdmitted } = limited(guessRates);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 100_000; count += 1) {
    // A piece of a long header, as it arrives.
    const header = `${"x".repeat(4000)}${count}`;
    guess(`10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`, header.slice(10));
  }
  collect();
  const held = process.memoryUsage().heapUsed - before;
  expect(guesses.wrong).toBe(100_000);
  expect(isAdmitted("10.0.0.1", "A")).toBe(true);
  expect(held).toBeLessThan(30e6);
});
