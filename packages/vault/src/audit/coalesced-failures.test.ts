import { beforeEach, describe, expect, test, vi } from "vitest";
import { serviceUnavailable } from "../errors.ts";
import { coalesceFailures } from "./coalesced-failures.ts";
import type { AuditEvent, AuditLog, AuditPage, LastUse, SecretRead } from "./event.ts";
import { newEvent } from "./events.fixture.ts";

/** A log in memory whose disk the test can fill. */
class MemoryLog implements AuditLog {
  readonly events: AuditEvent[] = [];
  trouble: string | undefined;
  isClosed = false;

  async append(event: AuditEvent): Promise<void> {
    if (this.trouble !== undefined) throw serviceUnavailable(this.trouble);
    this.events.push(event);
  }

  async query(): Promise<AuditPage> {
    return { events: this.events, next: undefined };
  }

  async secretReads(): Promise<readonly SecretRead[]> {
    return [];
  }
  async lastUses(): Promise<readonly LastUse[]> {
    return [];
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const minute = 60_000;

describe("coalesceFailures", () => {
  let memory: MemoryLog;
  let log: AuditLog;
  let now: number;

  beforeEach(() => {
    memory = new MemoryLog();
    now = 1_700_000_040_000;
    log = coalesceFailures(memory, { now: () => now });
  });

  const failure = (changes: Partial<AuditEvent> = {}) =>
    newEvent({ identity: undefined, errorCode: "SignatureDoesNotMatch", ...changes });
  const fail = async (times: number, changes: Partial<AuditEvent> = {}) => {
    for (let time = 0; time < times; time++) await log.append(failure(changes));
  };
  const counts = () => memory.events.map((event) => event.count);
  const total = () => counts().reduce((sum, count) => sum + count, 0);

  test("records every request of the authenticated", async () => {
    for (let time = 0; time < 100; time++) await log.append(newEvent());
    expect(memory.events).toHaveLength(100);
  });

  test("records a few failures one by one and the rest of the minute as one event", async () => {
    await fail(50);
    expect(counts()).toEqual([1, 1, 1, 1, 1]);
    now += minute;
    await fail(1);
    expect(counts()).toEqual([1, 1, 1, 1, 1, 45, 1]);
    expect(memory.events[5]).toMatchObject({
      accessKeyId: "AKIAEXAMPLE",
      sourceAddress: "192.0.2.1",
      errorCode: "SignatureDoesNotMatch",
    });
  });

  test("tells addresses and keys apart", async () => {
    await fail(5);
    await fail(5, { sourceAddress: "192.0.2.2" });
    await fail(5, { accessKeyId: "AKIAOTHER" });
    expect(counts()).toEqual(Array(15).fill(1));
  });

  test("writes what is left when closed", async () => {
    await fail(9);
    await log.close();
    expect(counts()).toEqual([1, 1, 1, 1, 1, 4]);
    expect(memory.isClosed).toBe(true);
  });

  test("writes a bounded number of events, and counts all, whatever is tried", async () => {
    for (let number = 0; number < 5000; number++) {
      await fail(1, { sourceAddress: `2001:db8::${number}`, accessKeyId: `AKIA${number}` });
    }
    await log.close();
    expect(memory.events.length).toBeLessThan(450);
    expect(total()).toBe(5000);
  });

  test("ends a quiet minute by itself", async () => {
    vi.useFakeTimers();
    const quiet = coalesceFailures(memory, { now: () => now });
    for (let time = 0; time < 8; time++) await quiet.append(failure());
    now += minute;
    await vi.advanceTimersByTimeAsync(minute);
    vi.useRealTimers();
    expect(total()).toBe(8);
    await quiet.close();
  });

  test("refuses failures too while the log can't be written", async () => {
    await fail(50);
    memory.trouble = "disk full";
    expect(log.trouble).toBe("disk full");
    await expect(fail(1)).rejects.toMatchObject({ code: "ServiceUnavailable" });
  });

  test("keeps its counts until the log can keep them", async () => {
    await fail(50);
    memory.trouble = "disk full";
    now += minute;
    await expect(fail(1)).rejects.toThrow();
    memory.trouble = undefined;
    await log.close();
    expect(total()).toBe(50);
  });
});
