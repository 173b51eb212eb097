/**
 * `kill -9` in the middle of writes: every change that was acknowledged is heard by a reader that
 * comes back, in order and once, and nothing is heard of that didn't happen.
 */
import { setTimeout as elapsed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SSM } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { startVaultProcess, temporaryFolder } from "../../../../tools/harness/vault-process.ts";
import { MovableClock } from "../../src/testing/index.ts";
import { FeedReader } from "../api/change-feed.fixture.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const writers = [0, 1, 2, 3, 4, 5, 6, 7];

test("no event is lost with a kill", { timeout: 120_000 }, async () => {
  const dataDirectory = `${temporaryFolder("changes")}/data`;
  let lastEventId: string | undefined;
  const acknowledged: string[] = [];
  const heard: string[] = [];
  for (let round = 0; round < 3; round++) {
    const vault = await startVaultProcess({ root, dataDirectory });
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = vault.environment;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const client = { endpoint: vault.url, region: "us-east-1", credentials, maxAttempts: 1 };
    const ssm = new SSM(client);
    const clock = new MovableClock();
    const opening = lastEventId === undefined ? {} : { lastEventId };
    const reader = await FeedReader.open({ url: vault.url, clock, credentials }, opening);
    const writing = writers.map(async (writer) => {
      for (let number = 0; ; number++) {
        const Name = `/r${round}/w${writer}/${number}`;
        await ssm.putParameter({ Name, Value: "v", Type: "String" });
        acknowledged.push(Name);
      }
    });
    // Each writer ends where the vault does.
    const ended = Promise.allSettled(writing);
    await elapsed(700);
    await vault.kill();
    await ended;
    await reader.ended;
    while (reader.waiting > 0) heard.push(String((await reader.next()).data.name));
    lastEventId = reader.lastEventId;
  }
  const vault = await startVaultProcess({ root, dataDirectory });
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = vault.environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const client = { endpoint: vault.url, region: "us-east-1", credentials };
  const ssm = new SSM(client);
  await ssm.putParameter({ Name: "/last", Value: "v", Type: "String" });
  const opening = lastEventId === undefined ? {} : { lastEventId };
  const reader = await FeedReader.open(
    { url: vault.url, clock: new MovableClock(), credentials },
    opening,
  );
  while (heard.at(-1) !== "/last") heard.push(String((await reader.next()).data.name));
  reader.close();

  expect(new Set(heard).size).toBe(heard.length);
  expect(acknowledged.filter((name) => !heard.includes(name))).toEqual([]);
  expect(acknowledged.length).toBeGreaterThan(50);
  for (let at = 0; at < heard.length; at += 10) {
    const Names = heard.slice(at, at + 10);
    expect((await ssm.getParameters({ Names })).InvalidParameters ?? []).toEqual([]);
  }
  await vault.stop();
});
