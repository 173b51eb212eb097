/** Whoever comes while the vault closes is told to come back, which is no fault of the vault's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compose } from "../src/compose.ts";
import { readConfiguration } from "../src/configuration.ts";
import { draining, tooBusy } from "../src/http/refusals.ts";

test.each([draining(), tooBusy()])("what the listener refuses is no fault: %s", async (problem) => {
  const data = mkdtempSync(join(tmpdir(), "claviger-draining-"));
  const faults: unknown[] = [];
  const onFault = (fault: unknown) => faults.push(fault);
  const composed = await compose(readConfiguration({ data, port: "0" }, {}), { onFault });
  onTestFinished(async () => {
    await composed.close();
    rmSync(data, { recursive: true });
  });
  const reply = await composed.pipeline({
    method: "POST",
    target: "/",
    headers: { "x-amz-target": "secretsmanager.ListSecrets" },
    body: Buffer.alloc(0),
    sourceAddress: "127.0.0.1",
    isSecureTransport: false,
    problem,
  });
  expect(reply.status).toBe(503);
  expect(faults).toEqual([]);
});
