import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuditLog } from "../audit/event.ts";
import { systemRandomness } from "../clock.ts";
import { permit } from "../keys/keys.fixture.ts";
import { alwaysHeld } from "../leases/lease.ts";
import { unheard } from "../notices.ts";
import { secretKey, secretTable } from "../secrets/records.ts";
import { scope, TestSecrets } from "../secrets/secrets.fixture.ts";
import type { Row, Storage } from "../storage/storage.ts";
import { BuiltInRotators } from "./built-in.ts";
import { capabilitiesOfFunction } from "./built-in-wire.ts";
import { advance } from "./driver.ts";
import type { EngineParts } from "./engine-parts.ts";
import { dying } from "./overlap.ts";
import { cancel } from "./requests.ts";
import { Rotators } from "./rotators.ts";
import type { FunctionAtEndpoint } from "./rotators-file.ts";
import { putRotation, type RotationRun, revocationKey, rotationTable } from "./run.ts";
import { withoutValues } from "./scrubbing.ts";

let shelf: TestSecrets;
beforeAll(async () => {
  shelf = await TestSecrets.open();
});
afterAll(() => shelf.close());

it("a rotation that is called off just before a step stays called off", async () => {
  await shelf.create("called-off", "value");
  await shelf.rotate("called-off", {});
  const key = secretKey(scope, "called-off");
  const run = () => shelf.storage.get(rotationTable, key);
  const callOff = async () => {
    const located = await shelf.secrets.locate(scope, "called-off");
    const granted = permit("secretsmanager:CancelRotateSecret", located);
    await cancel({ storage: shelf.storage, clock: { now: () => shelf.now } }, granted);
  };
  const storage: Storage = Object.create(shelf.storage, {
    commit: {
      value: async (changes: Parameters<Storage["commit"]>[0]) => {
        const counter = await shelf.storage.commit(changes);
        if ((await run())?.body.steps.length === 1) await callOff();
        return counter;
      },
    },
    get: { value: shelf.storage.get.bind(shelf.storage) },
  });
  await advance(partsWith(storage), key, new AbortController().signal);
  expect((await run())?.body.phase).toBe("cancelled");
});

it("a label that moves back while it is looked who lags behind is not overlooked", async () => {
  await shelf.create("back", "value", { token: "1".repeat(32) });
  await shelf.rotate("back", {});
  await shelf.put("back", "another", "2".repeat(32));
  const key = secretKey(scope, "back");
  const begun = await shelf.storage.get(rotationTable, key);
  if (begun === undefined) throw new Error("it has no rotation");
  const overlap = {
    ...begun.body,
    phase: "overlap",
    token: "2".repeat(32),
    oldVersionId: "1".repeat(32),
    finishedAt: shelf.now,
    graceUntil: shelf.now + 86_400_000,
    capabilities: capabilitiesOfFunction(true),
    untold: [],
  } as const;
  await shelf.storage.commit([putRotation(overlap, begun)]);
  const goBack = () =>
    shelf.moveStage("back", {
      label: "AWSCURRENT",
      removeFromVersionId: "2".repeat(32),
      moveToVersionId: "1".repeat(32),
    });
  let looks = 0;
  const laggardsOf = async () => {
    if (looks++ === 0) await goBack();
    return { laggards: [], count: 0 };
  };
  const parts = { ...partsWith(shelf.storage), laggardsOf };
  await advance(parts, key, new AbortController().signal);
  const run = (await shelf.storage.get(rotationTable, key))?.body;
  expect(run).toMatchObject({ isTurnedRound: true, oldVersionId: "2".repeat(32) });
});

it("a function is waited for as long as the rotators file says, and its old keys live so", async () => {
  await shelf.create("slow", "value");
  await shelf.rotate("slow", {});
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const parts = partsWith(shelf.storage, { endpoint, stepMilliseconds: 50 });
  const key = secretKey(scope, "slow");
  server.on("connection", () => setImmediate(collectGarbage));
  await advance(parts, key, new AbortController().signal);
  server.closeAllConnections();
  server.close();
  const run = await shelf.storage.get(rotationTable, key);
  expect(run?.body.failure?.reason).toBe("The rotator did not answer in time");

  const slow = await shelf.storage.get(secretTable, key);
  const revoking = partsWith(shelf.storage, { revokes: true, graceMilliseconds: 5000 });
  const rotator = slow && revoking.rotators.of(slow.body);
  expect(await rotator?.capabilities()).toMatchObject({ revokes: true, graceMilliseconds: 5000 });
});

it("a rotation with one key only that has failed turns back before it says so", async () => {
  await shelf.create("turns-back", "value");
  await shelf.rotate("turns-back", {});
  const { storage } = shelf;
  const key = secretKey(scope, "turns-back");
  const row = (await storage.get(rotationTable, key)) as Row<RotationRun>;
  const capabilities = { ...row.body.capabilities, revokes: true, strategy: "oneKey" } as const;
  await storage.commit([putRotation({ ...row.body, capabilities }, row)]);
  const stepsWhenTold: (readonly string[])[] = [];
  const append = async () => {
    const run = await storage.get(rotationTable, key);
    stepsWhenTold.push(run?.body.steps.map(({ step }) => step) ?? []);
  };
  const parts = { ...partsWith(storage), auditLog: { append } as unknown as AuditLog };
  await advance(parts, key, new AbortController().signal);
  expect(stepsWhenTold.at(-1)).toEqual(["createSecret", "revokeSecret"]);
  expect(stepsWhenTold).not.toContainEqual(["createSecret"]);
});

it("instructions are told without the secret's values", async () => {
  await shelf.create("told", "the old value");
  await shelf.rotate("told", {});
  const endpoint = await answering({
    ByHand: { instructions: "In place of the old value, ask Ana." },
  });
  const key = secretKey(scope, "told");
  const scrubbing = { storage: shelf.storage, keys: shelf.keys, clock: { now: () => shelf.now } };
  const parts = {
    ...partsWith(shelf.storage, { endpoint }),
    withoutValues: (...said: Said) => withoutValues(scrubbing, ...said),
  };
  await advance(parts, key, new AbortController().signal);
  const run = await shelf.storage.get(rotationTable, key);
  expect(run?.body).toMatchObject({
    phase: "byHand",
    instructions: "In place of ***, ask Ana.",
  });
});

it("another rotator is not asked for the key of the one before", async () => {
  const version = "1".repeat(32);
  await shelf.create("handed-over", "value", { token: version });
  await shelf.rotate("handed-over", {});
  const { storage } = shelf;
  const row = (await storage.get(
    rotationTable,
    secretKey(scope, "handed-over"),
  )) as Row<RotationRun>;
  const revocation = {
    ...dying({ ...row.body, oldVersionId: version, untold: [] }, shelf.now),
    rotator: "AcmeApiKey",
    isRevocation: true,
  } as const;
  await storage.commit([putRotation(revocation, "absent")]);
  const key = revocationKey(revocation, version);
  await advance(partsWith(storage), key, new AbortController().signal);
  const run = (await storage.get(rotationTable, key))?.body;
  expect(run).toMatchObject({ phase: "succeeded" });
  expect(run?.revocationInstructions).toBe(
    `AcmeApiKey made it and rotates the secret no longer: revoke the key of version ${version} at its provider.`,
  );
});

it("what one rotator failed at another doesn't go on with", async () => {
  await shelf.create("changed", "value");
  await shelf.rotate("changed", {});
  const key = secretKey(scope, "changed");
  const row = (await shelf.storage.get(rotationTable, key)) as Row<RotationRun>;
  const failed = { ...row.body, phase: "failed", rotator: "AcmeApiKey" } as const;
  await shelf.storage.commit([putRotation(failed, row)]);
  await advance(partsWith(shelf.storage), key, new AbortController().signal);
  const run = (await shelf.storage.get(rotationTable, key))?.body;
  expect(run).toMatchObject({ phase: "cancelled", steps: [] });
});

/** On Node 22.13 that takes a time-out along which nothing holds but `AbortSignal.any`. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

type Said = Parameters<EngineParts["withoutValues"]>;

/** Where a function is that has always the same to say. */
async function answering(reply: unknown): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(reply)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function partsWith(storage: Storage, entry: Partial<FunctionAtEndpoint> = {}): EngineParts {
  const clock = { now: () => shelf.now };
  const functions = new Map([
    [
      "arn:aws:lambda:…",
      {
        endpoint: "http://127.0.0.1:1/",
        revokes: false,
        stepMilliseconds: 1000,
        isSigned: false,
        ...entry,
      },
    ],
  ]);
  const builtIn = new BuiltInRotators({
    startHost: undefined,
    callBackUrl: async () => "",
  } as unknown as ConstructorParameters<typeof BuiltInRotators>[0]);
  return {
    storage,
    secrets: shelf.secrets,
    rotators: new Rotators({ functions, credentials: undefined }, builtIn),
    clock,
    randomness: systemRandomness,
    auditLog: { append: async () => {} } as unknown as AuditLog,
    notices: unheard,
    lease: alwaysHeld,
    freshness: undefined,
    laggardsOf: async () => ({ laggards: [], count: 0 }),
    withoutValues: async (text) => text,
    metrics: { countEnd() {}, observe() {} },
    onFault() {},
  };
}
