/**
 * The threads that write the embedded databases can end (out of memory, a fault of SQLite's) while
 * the process goes on: whoever waits is refused at once, health says so, and they are started again.
 */
import type { Worker } from "node:worker_threads";
import { SSM } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startVault, type TestVault } from "../src/testing/index.ts";

const threads = new Map<string, Worker>();
const onWorker = (worker: Worker) => threads.set(String(worker.threadName), worker);

let vault: TestVault;
let ssm: SSM;

beforeEach(async () => {
  process.on("worker", onWorker);
  vault = await startVault();
  ssm = new SSM(vault.client);
});

afterEach(async () => {
  await vault.close();
  process.off("worker", onWorker);
});

async function health(): Promise<{ status: number; text: string }> {
  const reply = await fetch(`${vault.url}/health`);
  return { status: reply.status, text: await reply.text() };
}

const put = (Value: string) =>
  ssm.putParameter({ Name: "/a", Value, Type: "String", Overwrite: true });

describe.each([
  ["writer-thread", /database's writer/],
  ["audit-thread", /audit log/],
])("when the %s has ended", (name, reason) => {
  test("requests fail at once, health says why, and soon all is well again", async () => {
    await put("1");
    const asking = Array.from({ length: 8 }, (_, at) => put(String(at)).catch((error) => error));
    await threads.get(name)?.terminate();
    // Nobody asks anything: it is noticed all the same.
    const { status, text } = await health();
    expect(status).toBe(503);
    expect(text).toMatch(reason);
    // Nobody waits until it is back, which on a busy machine it may be by now.
    asking.push(put("2").catch((error) => error));
    for (const each of await Promise.all(asking)) {
      if (each instanceof Error) expect(each).toMatchObject({ $metadata: { httpStatusCode: 503 } });
    }

    await expect.poll(async () => (await health()).status, { timeout: 30_000 }).toBe(200);
    await put("3");
    expect((await ssm.getParameter({ Name: "/a" })).Parameter?.Value).toBe("3");
    await vault.restart();
    expect((await ssm.getParameter({ Name: "/a" })).Parameter?.Value).toBe("3");
  });

  test("again and again, amid writes, what was acknowledged is there", async () => {
    let acknowledged = 0;
    for (let death = 0; death < 2; death++) {
      const writing = (async () => {
        for (;;) {
          const isPut = await put(String(acknowledged + 1)).then(
            () => true,
            () => false,
          );
          if (Number((await read()) ?? Number.NaN) < acknowledged) return "lost";
          if (!isPut || (await health()).status === 503) return "ended";
          acknowledged = Number((await read()) ?? acknowledged);
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 30));
      await threads.get(name)?.terminate();
      expect(await writing).toBe("ended");
      await expect.poll(async () => (await health()).status, { timeout: 30_000 }).toBe(200);
    }
    expect(Number(await read())).toBeGreaterThanOrEqual(acknowledged);
  });

  test("the vault closes all the same", async () => {
    await threads.get(name)?.terminate();
    await vault.restart();
    await put("1");
  });
});

const read = async () =>
  (await ssm.getParameter({ Name: "/a" }).catch(() => undefined))?.Parameter?.Value;
