import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "../errors.ts";
import { createLogger, describeFault, type LogFields } from "./logger.ts";

const secret = "hunter2-correct-horse";

describe("what is told of a fault", () => {
  it("is its class, its code and where, not what it says", () => {
    const fault = Object.assign(new TypeError(`bad ${secret}`), { code: "ERR_SQLITE_ERROR" });
    const told = describeFault(fault);
    expect(told).toMatchObject({ class: "TypeError", code: "ERR_SQLITE_ERROR" });
    expect(told.frames[0]).toMatch(/^at .*:\d+:\d+\)?$/);
    expect(told.frames[0]).toContain(`${import.meta.url}:`);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it("includes its causes, of which there are not endlessly many", () => {
    const inner = new RangeError(secret);
    const error = new ApiError("ServiceUnavailable", "Try again.", { cause: inner });
    expect(describeFault(error)).toMatchObject({
      class: "ApiError",
      code: "ServiceUnavailable",
      cause: { class: "RangeError" },
    });
    const circular = new Error("a");
    circular.cause = circular;
    expect(JSON.stringify(describeFault(circular)).length).toBeLessThan(50_000);
  });

  it.each([
    ["a message of many lines", () => new Error(`one\n    at ${secret} (file:1:1)\n${secret}`)],
    ["a message set later", () => Object.assign(new Error(secret), { message: "else" })],
    [
      "a message emptied later",
      () => Object.assign(new Error(`a\n    at ${secret}:1:1`), { message: "" }),
    ],
    ["a name that says it", () => Object.assign(new Error("x"), { name: secret })],
    ["a code that says it", () => Object.assign(new Error("x"), { code: `${secret} is no code` })],
    ["a JSON parser's error", () => parseError(`{"password": ${secret}`)],
    ["a string", () => secret],
    ["an object", () => ({ secret })],
  ])("leaves out %s", (_, make) => {
    expect(JSON.stringify(describeFault(make()))).not.toContain(secret);
  });
});

describe("a line of the log", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "claviger-log-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it("has the fields that it may have, and no other", async () => {
    const file = join(directory, "log");
    const logger = createLogger({ to: file });
    logger.info("Served", {
      requestId: "r",
      status: 200,
      ...({ body: secret, headers: { authorization: secret } } as LogFields),
    });
    logger.fault(new Error(secret), { requestId: "s" });
    await expect
      .poll(() => {
        logger.flush();
        return readFileSync(file, "utf8").trim().split("\n").length;
      })
      .toBe(2);
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain(secret);
    const [served, fault] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(served).toEqual({
      level: "info",
      time: expect.any(String),
      pid: process.pid,
      requestId: "r",
      status: 200,
      msg: "Served",
    });
    expect(fault).toMatchObject({ level: "error", requestId: "s", fault: { class: "Error" } });
  });

  it("goes nowhere where that is wanted", () => {
    const logger = createLogger({ to: "nowhere" });
    logger.info("Served");
    logger.flush();
  });
});

function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
