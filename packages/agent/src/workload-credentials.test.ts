import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RoleCredentials } from "./role-credentials.ts";
import { CredentialsUnavailable, WorkloadCredentials } from "./workload-credentials.ts";

const minute = 60_000;
const hour = 60 * minute;

/** STS, as far as a renewal goes: counts its answers, and may be out of order. */
class Sts {
  answers = 0;
  attempts = 0;
  isDown = false;
  readonly #lifeMilliseconds: number;

  constructor(lifeMilliseconds = hour) {
    this.#lifeMilliseconds = lifeMilliseconds;
  }

  readonly assume = async (): Promise<RoleCredentials> => {
    this.attempts++;
    if (this.isDown) throw new Error("no route to STS");
    this.answers++;
    return new RoleCredentials({
      roleArn: "arn:aws:iam::123456789012:role/team/weather-api",
      accessKeyId: `ASIA${this.answers}`,
      secretAccessKey: "a secret access key",
      sessionToken: "a session token",
      issuedAt: Date.now(),
      expiresAt: Date.now() + this.#lifeMilliseconds,
    });
  };
}

let credentials: WorkloadCredentials | undefined;
beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") }));
afterEach(() => {
  credentials?.close();
  vi.useRealTimers();
});

describe("renewal", () => {
  test("whoever asks at any minute of a day has at least half an hour left", async () => {
    const sts = new Sts();
    credentials = await WorkloadCredentials.of(sts.assume);
    for (let passed = 0; passed < 24 * 60; passed++) {
      await vi.advanceTimersByTimeAsync(minute);
      const { expiresAt } = await credentials.get();
      expect(expiresAt - Date.now()).toBeGreaterThan(29 * minute);
    }
    // Each half hour, somewhat earlier by chance: never a storm.
    expect(sts.attempts).toBeGreaterThanOrEqual(48);
    expect(sts.attempts).toBeLessThanOrEqual(61);
  });

  test("a timer that stood still, as on a sleeping laptop, is made up for before the answer", async () => {
    const sts = new Sts();
    credentials = await WorkloadCredentials.of(sts.assume);
    vi.setSystemTime(Date.now() + 50 * minute);
    const { expiresAt } = await credentials.get();
    expect(expiresAt - Date.now()).toBe(hour);
    vi.setSystemTime(Date.now() + 3 * hour);
    expect((await credentials.get()).expiresAt - Date.now()).toBe(hour);
    expect(sts.attempts).toBe(3);
  });

  test("all who come at once share one flight", async () => {
    const sts = new Sts();
    credentials = await WorkloadCredentials.of(sts.assume);
    vi.setSystemTime(Date.now() + 2 * hour);
    const keys = await Promise.all(Array.from({ length: 50 }, () => credentials?.get()));
    expect(new Set(keys.map((key) => key?.reveal().AccessKeyId))).toEqual(new Set(["ASIA2"]));
    expect(sts.attempts).toBe(2);
  });

  test("closing ends it", async () => {
    const sts = new Sts();
    credentials = await WorkloadCredentials.of(sts.assume);
    credentials.close();
    await vi.advanceTimersByTimeAsync(3 * hour);
    expect(sts.attempts).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an outage", () => {
  test("is bridged with the old credentials until they expire, then told, and ends by itself", async () => {
    const sts = new Sts();
    const troubles: unknown[] = [];
    credentials = await WorkloadCredentials.of(sts.assume, ({ error }) => troubles.push(error));
    sts.isDown = true;
    await vi.advanceTimersByTimeAsync(59 * minute);
    expect((await credentials.get()).reveal().AccessKeyId).toBe("ASIA1");
    expect(troubles.length).toBeGreaterThan(10);
    await vi.advanceTimersByTimeAsync(2 * minute);
    await expect(credentials.get()).rejects.toThrow(CredentialsUnavailable);
    await expect(credentials.get()).rejects.toMatchObject({
      cause: new Error("no route to STS"),
    });
    sts.isDown = false;
    await vi.advanceTimersByTimeAsync(minute);
    expect((await credentials.get()).reveal().AccessKeyId).toBe("ASIA2");
  });

  test("costs STS at most two attempts a minute after the first minute, however many ask", async () => {
    const sts = new Sts();
    credentials = await WorkloadCredentials.of(sts.assume);
    sts.isDown = true;
    await vi.advanceTimersByTimeAsync(40 * minute);
    const before = sts.attempts;
    for (let second = 0; second < 10 * 60; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      await credentials.get();
    }
    expect(sts.attempts - before).toBeLessThanOrEqual(20);
    expect(sts.attempts - before).toBeGreaterThanOrEqual(9);
  });

  test("nobody waits long for STS while the old credentials would do", async () => {
    const sts = new Sts();
    credentials = await WorkloadCredentials.of(() =>
      sts.answers === 0 ? sts.assume() : new Promise(() => {}),
    );
    vi.setSystemTime(Date.now() + 50 * minute);
    const asked = credentials.get();
    await vi.advanceTimersByTimeAsync(500);
    expect((await asked).reveal().AccessKeyId).toBe("ASIA1");
  });

  test("a clock that runs far ahead does not make it ask without end", async () => {
    const sts = new Sts(-hour);
    credentials = await WorkloadCredentials.of(sts.assume);
    for (let second = 0; second < 60; second++) {
      await credentials.get().catch(() => {});
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(sts.attempts).toBeLessThanOrEqual(2);
  });
});

test("credentials show no secret but by reveal()", async () => {
  const shown = await new Sts().assume();
  for (const text of [inspect(shown, { showHidden: true }), JSON.stringify(shown), String(shown)]) {
    expect(text).not.toMatch(/a secret|a session|ASIA/);
  }
  expect(shown.reveal()).toEqual({
    AccessKeyId: "ASIA1",
    SecretAccessKey: "a secret access key",
    Token: "a session token",
    Expiration: "2026-01-01T01:00:00Z",
  });
});
